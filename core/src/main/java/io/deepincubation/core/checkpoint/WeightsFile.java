package io.deepincubation.core.checkpoint;

import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.network.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/** Safetensors files that carry the start of their digest in their names. */
final class WeightsFile {

  private static final int NAME_DIGITS = 12;

  private WeightsFile() {}

  /**
   * Writes weights as {@code FOLDER/PREFIX-SHA12.safetensors}, unless the file is there already:
   * equal names mean equal content, so different content never replaces it. One that is there but
   * damaged is written anew.
   */
  static Shard write(Storage storage, String folder, String prefix, Weights weights) {
    String sha256 = Safetensors.digest(weights);
    long bytes = Safetensors.length(weights);
    String file = prefix + "-" + sha256.substring(0, NAME_DIGITS) + ".safetensors";
    String path = folder + "/" + file;
    var shard = new Shard(file, sha256, bytes);
    if (!isWhole(storage, path, shard)) {
      storage.write(path, stream -> Safetensors.write(weights, stream));
    }
    return shard;
  }

  private static boolean isWhole(Storage storage, String path, Shard shard) {
    if (!storage.exists(path) || storage.length(path) != shard.bytes()) {
      return false;
    }
    MessageDigest digest = Sha256.start();
    try (InputStream stream = new DigestInputStream(storage.open(path), digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
      return Sha256.finish(digest).equals(shard.sha256());
    } catch (IOException e) {
      throw unreadable(storage, path, e);
    }
  }

  /**
   * Reads weights and checks them against what was written.
   *
   * @throws CorruptFileException if they are not what was written, or gone
   * @throws StorageException if the file cannot be read
   */
  static Weights read(Storage storage, String folder, Shard shard) throws CorruptFileException {
    String path = folder + "/" + shard.file();
    if (!storage.exists(path)) {
      throw new CorruptFileException("expected " + shard.bytes() + " bytes, got no file");
    }
    long length = storage.length(path);
    if (length != shard.bytes()) {
      throw new CorruptFileException("expected " + shard.bytes() + " bytes, got " + length);
    }
    MessageDigest digest = Sha256.start();
    try (InputStream stream = new DigestInputStream(storage.open(path), digest)) {
      Weights weights = Safetensors.read(stream);
      requireDigest(shard.sha256(), Sha256.finish(digest));
      return weights;
    } catch (CorruptFileException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(storage, path, e);
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
