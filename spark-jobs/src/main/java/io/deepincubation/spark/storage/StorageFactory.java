package io.deepincubation.spark.storage;

import io.deepincubation.core.storage.Storage;
import java.io.Serializable;

/** Opens storages on whatever machine it was carried to; it travels with tasks. */
@FunctionalInterface
public interface StorageFactory extends Serializable {

  /** The storage of a folder. */
  Storage open(String uri);
}
