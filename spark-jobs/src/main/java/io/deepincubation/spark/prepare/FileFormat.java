package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.source.CifarSource;
import io.deepincubation.core.data.source.IdxSource;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.storage.Storage;

/** Formats that no reader of Spark knows. */
enum FileFormat {
  CIFAR {
    @Override
    ImageSource open(Storage folder) {
      return new CifarSource(folder);
    }
  },
  IDX {
    @Override
    ImageSource open(Storage folder) {
      return new IdxSource(folder);
    }
  };

  /** The images in a folder. */
  abstract ImageSource open(Storage folder);
}
