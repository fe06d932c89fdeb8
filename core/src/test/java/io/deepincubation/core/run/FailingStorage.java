package io.deepincubation.core.run;

import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;

/**
 * A storage that refuses to write some files.
 *
 * @param delegate the real one
 * @param suffix of the names that are refused
 */
record FailingStorage(Storage delegate, String suffix) implements ForwardingStorage {

  @Override
  public void write(String name, Content content) {
    if (name.endsWith(suffix)) {
      throw new StorageException("Cannot write " + uri() + "/" + name + ": refused by the test");
    }
    delegate.write(name, content);
  }
}
