package io.deepincubation.spark.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Abortable;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * An object store in memory: a file appears when its stream is closed, however it came to that,
 * unless the stream was aborted; a rename never replaces. The bucket {@value #CONDITIONAL} can
 * create an object only where there is none.
 */
public final class FakeStore extends FileSystem {

  /** A bucket that has what Hadoop's S3 connector has from 3.4.2 on. */
  static final String CONDITIONAL = "conditional";

  private static final Map<String, byte[]> OBJECTS = new ConcurrentSkipListMap<>();

  private static final Queue<Configuration> CONFIGURATIONS = new ConcurrentLinkedQueue<>();

  private URI uri = URI.create("fake:///");

  public static void clear() {
    OBJECTS.clear();
    CONFIGURATIONS.clear();
  }

  /** What was set when clients were made. */
  public static Collection<Configuration> configurations() {
    return CONFIGURATIONS;
  }

  static Collection<String> names() {
    return OBJECTS.keySet();
  }

  @Override
  public void initialize(URI name, Configuration configuration) throws IOException {
    super.initialize(name, configuration);
    CONFIGURATIONS.add(configuration);
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return new FSDataInputStream(new MemoryStream(object(path)));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return new FSDataOutputStream(new Upload(key(path), /* conditional= */ false), null);
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(AtomicFiles.CONDITIONAL)
        ? CONDITIONAL.equals(uri.getAuthority())
        : super.hasPathCapability(path, capability);
  }

  @Override
  public FSDataOutputStreamBuilder<?, ?> createFile(Path path) {
    return new Builder(this, path);
  }

  private static final class Builder
      extends FSDataOutputStreamBuilder<FSDataOutputStream, Builder> {

    Builder(FileSystem store, Path path) {
      super(store, path);
    }

    @Override
    public Builder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      boolean conditional = getOptions().getBoolean(AtomicFiles.CONDITIONAL, false);
      return new FSDataOutputStream(new Upload(key(getPath()), conditional), null);
    }
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("append");
  }

  @Override
  public boolean rename(Path from, Path to) {
    byte[] bytes = OBJECTS.get(key(from));
    if (bytes == null || OBJECTS.putIfAbsent(key(to), bytes) != null) {
      return false;
    }
    OBJECTS.remove(key(from));
    return true;
  }

  @Override
  public boolean delete(Path path, boolean recursive) {
    return OBJECTS.keySet().removeIf(key -> key.equals(key(path)) || isBelow(path, key));
  }

  @Override
  public FileStatus[] listStatus(Path folder) throws IOException {
    List<FileStatus> inside =
        OBJECTS.entrySet().stream()
            .filter(
                object -> object.getKey().equals(key(folder)) || isBelow(folder, object.getKey()))
            .map(object -> status(object.getValue(), new Path(object.getKey())))
            .toList();
    if (inside.isEmpty()) {
      throw new FileNotFoundException(folder.toString());
    }
    return inside.toArray(FileStatus[]::new);
  }

  @Override
  public void setWorkingDirectory(Path folder) {
    throw new UnsupportedOperationException("working directory");
  }

  @Override
  public Path getWorkingDirectory() {
    return new Path(uri.toString() + "/");
  }

  @Override
  public boolean mkdirs(Path folder, FsPermission permission) {
    return true;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return status(object(path), path);
  }

  private static FileStatus status(byte[] bytes, Path path) {
    return new FileStatus(bytes.length, false, 1, 1, 0, path);
  }

  private static byte[] object(Path path) throws FileNotFoundException {
    byte[] bytes = OBJECTS.get(key(path));
    if (bytes == null) {
      throw new FileNotFoundException(path.toString());
    }
    return bytes;
  }

  private static boolean isBelow(Path folder, String key) {
    return key.startsWith(key(folder) + "/");
  }

  private static String key(Path path) {
    return path.toString();
  }

  private static final class Upload extends ByteArrayOutputStream implements Abortable {

    private final String key;
    private final boolean conditional;
    private boolean aborted;

    Upload(String key, boolean conditional) {
      this.key = key;
      this.conditional = conditional;
    }

    @Override
    public AbortableResult abort() {
      aborted = true;
      return new AbortableResult() {
        @Override
        public boolean alreadyClosed() {
          return false;
        }

        @Override
        public @Nullable IOException anyCleanupException() {
          return null;
        }
      };
    }

    @Override
    public void close() throws IOException {
      if (aborted) {
        return;
      }
      if (!conditional) {
        OBJECTS.put(key, toByteArray());
      } else if (OBJECTS.putIfAbsent(key, toByteArray()) != null) {
        throw new IOException("412 Precondition Failed");
      }
    }
  }

  private static final class MemoryStream extends FSInputStream {

    private final byte[] bytes;
    private ByteArrayInputStream rest;

    MemoryStream(byte[] bytes) {
      this.bytes = bytes;
      rest = new ByteArrayInputStream(bytes);
    }

    @Override
    public void seek(long position) {
      rest = new ByteArrayInputStream(bytes, (int) position, bytes.length);
    }

    @Override
    public long getPos() {
      return (long) bytes.length - rest.available();
    }

    @Override
    public boolean seekToNewSource(long position) {
      return false;
    }

    @Override
    public int read() {
      return rest.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      return rest.read(into, offset, length);
    }
  }
}
