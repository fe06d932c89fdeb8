package io.deepincubation.core.testing;

import io.deepincubation.core.run.ForwardingStorage;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Files to read, of a folder that is nowhere. */
public record FilesInMemory(Map<String, byte[]> files) implements ForwardingStorage {

  @Override
  public Storage delegate() {
    return new LocalStorage(Path.of("nowhere"));
  }

  @Override
  public boolean exists(String name) {
    return files.containsKey(name);
  }

  @Override
  public InputStream open(String name) {
    byte[] bytes = files.get(name);
    return bytes == null ? delegate().open(name) : new ByteArrayInputStream(bytes);
  }

  @Override
  public void write(String name, Content content) {
    throw new UnsupportedOperationException("Cannot write " + name + ": expected readers alone");
  }

  @Override
  public List<String> list(String folder) {
    return files.keySet().stream().sorted().toList();
  }

  @Override
  public void delete(String name) {
    throw new UnsupportedOperationException("Cannot delete " + name + ": expected readers alone");
  }
}
