package io.deepincubation.core.weights;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/** Safetensors files that carry the start of their digest in their names. */
public final class WeightsFile {

  /**
   * One weights file.
   *
   * @param file its name in its folder
   * @param sha256 hex digest of its bytes
   * @param bytes its length
   */
  public record Shard(String file, String sha256, long bytes) {}

  private static final int NAME_DIGITS = 12;

  private WeightsFile() {}

  /**
   * Writes weights as {@code FOLDER/PREFIX-SHA12.safetensors}, unless the file is there already:
   * equal names mean equal content, so different content never replaces it. One that is there but
   * damaged is written anew.
   */
  public static Shard write(Storage storage, String folder, String prefix, Weights weights) {
    String sha256 = Safetensors.digest(weights);
    long bytes = Safetensors.length(weights);
    String file = prefix + "-" + sha256.substring(0, NAME_DIGITS) + ".safetensors";
    String path = folder + "/" + file;
    var shard = new Shard(file, sha256, bytes);
    if (!isWhole(storage, folder, shard)) {
      storage.write(path, stream -> Safetensors.write(weights, stream));
    }
    return shard;
  }

  private static boolean isWhole(Storage storage, String folder, Shard shard) {
    try {
      requireWhole(storage, folder, shard);
      return true;
    } catch (CorruptFileException e) {
      return false;
    }
  }

  /**
   * Reads a file's bytes and checks them against what was written.
   *
   * @throws CorruptFileException if they are not what was written, or gone
   * @throws StorageException if the file cannot be read
   */
  public static void requireWhole(Storage storage, String folder, Shard shard)
      throws CorruptFileException {
    read(storage, folder, shard, stream -> stream.transferTo(OutputStream.nullOutputStream()));
  }

  /**
   * Checks that a file is there and as long as what was written.
   *
   * @throws CorruptFileException if it is not
   */
  public static void requireThere(Storage storage, String folder, Shard shard)
      throws CorruptFileException {
    requireLength(storage, folder + "/" + shard.file(), shard);
  }

  /**
   * Reads weights and checks them against what was written.
   *
   * @throws CorruptFileException if they are not what was written, or gone
   * @throws StorageException if the file cannot be read
   */
  public static Weights read(Storage storage, String folder, Shard shard)
      throws CorruptFileException {
    return read(storage, folder, shard, Safetensors::read);
  }

  /** Makes something of a file's bytes. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(InputStream stream) throws IOException;
  }

  private static <T> T read(Storage storage, String folder, Shard shard, Reader<T> reader)
      throws CorruptFileException {
    String path = folder + "/" + shard.file();
    requireLength(storage, path, shard);
    MessageDigest digest = Sha256.start();
    try (InputStream stream = new DigestInputStream(storage.open(path), digest)) {
      T made = reader.read(stream);
      requireDigest(shard.sha256(), Sha256.finish(digest));
      return made;
    } catch (CorruptFileException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(storage, path, e);
    }
  }

  private static void requireLength(Storage storage, String path, Shard shard)
      throws CorruptFileException {
    if (!storage.exists(path)) {
      throw new CorruptFileException("expected " + shard.bytes() + " bytes, got no file");
    }
    long length = storage.length(path);
    if (length != shard.bytes()) {
      throw new CorruptFileException("expected " + shard.bytes() + " bytes, got " + length);
    }
  }

  private static StorageException unreadable(Storage storage, String path, IOException cause) {
    return new StorageException(
        "Cannot read " + storage.uri() + "/" + path + ": " + cause.getMessage(), cause);
  }

  private static void requireDigest(String expected, String found) throws CorruptFileException {
    if (!expected.equals(found)) {
      throw new CorruptFileException("expected SHA-256 " + expected + ", got " + found);
    }
  }
}
