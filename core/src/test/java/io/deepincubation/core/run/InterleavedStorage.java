package io.deepincubation.core.run;

import io.deepincubation.core.storage.Storage;

/**
 * A storage that lets something happen after a file is written.
 *
 * @param delegate the real one
 * @param suffix of the file's name
 * @param between what happens
 */
record InterleavedStorage(Storage delegate, String suffix, Runnable between)
    implements ForwardingStorage {

  @Override
  public void write(String name, Content content) {
    delegate.write(name, content);
    if (name.endsWith(suffix)) {
      between.run();
    }
  }
}
