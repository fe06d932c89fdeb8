package io.deepincubation.core.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Files of a run or a data set, wherever they lie. Names are relative to the storage's root, with
 * {@code /} between folders.
 *
 * <p>A file written here appears whole or not at all. All methods throw {@link StorageException}
 * with the full URI in its message where the file system refuses.
 */
public interface Storage {

  /** Writes a file's content to a stream. */
  @FunctionalInterface
  interface Content {
    /** Writes everything; the stream is closed by the caller. */
    void writeTo(OutputStream stream) throws IOException;
  }

  /** The root, as the user wrote it. */
  String uri();

  /** The storage of a folder inside this one. */
  Storage folder(String name);

  /** Whether a file or folder is there. */
  boolean exists(String name);

  /** Bytes of a file. */
  long length(String name);

  /** A stream over a whole file; the caller closes it. */
  InputStream open(String name);

  /** A whole file as UTF-8. */
  default String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** A whole file. */
  default byte[] bytes(String name) {
    try (InputStream stream = open(name)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new StorageException("Cannot read " + uri() + "/" + name + ": " + e.getMessage(), e);
    }
  }

  /** A random-access reader of a file, for Parquet; the caller closes it. */
  org.apache.parquet.io.InputFile inputFile(String name);

  /** Creates or replaces a file; readers see the old or the new one, nothing between. */
  void write(String name, Content content);

  /**
   * Creates a file unless there is one of that name.
   *
   * @return whether this call created it. Where it {@linkplain #createsAtomically is not atomic}
   *     others that create it at the same time may be told so too, and the last one's stays
   */
  boolean create(String name, Content content);

  /** Whether exactly one of several that create a file at the same time is told that it did. */
  boolean createsAtomically();

  /** Names of the files directly in a folder, sorted; empty if there is no such folder. */
  List<String> list(String folder);

  /** Deletes a file, or a folder with all in it; nothing happens if there is none. */
  void delete(String name);
}
