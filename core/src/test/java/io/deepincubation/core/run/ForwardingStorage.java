package io.deepincubation.core.run;

import io.deepincubation.core.storage.Storage;
import java.io.InputStream;
import java.util.List;
import org.apache.parquet.io.InputFile;

/** Passes everything on but writes, through which files are created too. */
public interface ForwardingStorage extends Storage {

  Storage delegate();

  @Override
  default String uri() {
    return delegate().uri();
  }

  @Override
  default Storage folder(String name) {
    return delegate().folder(name);
  }

  @Override
  default boolean exists(String name) {
    return delegate().exists(name);
  }

  @Override
  default long length(String name) {
    return delegate().length(name);
  }

  @Override
  default InputStream open(String name) {
    return delegate().open(name);
  }

  @Override
  default InputFile inputFile(String name) {
    return delegate().inputFile(name);
  }

  @Override
  default boolean createsAtomically() {
    return delegate().createsAtomically();
  }

  @Override
  default boolean create(String name, Content content) {
    boolean fresh = !exists(name);
    if (fresh) {
      write(name, content);
    }
    return fresh;
  }

  @Override
  default List<String> list(String folder) {
    return delegate().list(folder);
  }

  @Override
  default void delete(String name) {
    delegate().delete(name);
  }
}
