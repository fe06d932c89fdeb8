package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.util.Locale;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Reads ranges of a set's files from wherever the set lies, one sequential read each.
 *
 * @param storage the set's folder
 */
record StoredRanges(Storage storage) implements RangeReader {

  @Override
  public byte[] read(String file, FileRange range) {
    String where = storage.uri() + "/" + file;
    if (!storage.exists(file)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read shard %s: expected the file that %s lists, got none; run `prepare`"
                  + " again",
              where,
              DataIndex.FILE));
    }
    byte[] bytes = new byte[range.bytes()];
    try (SeekableInputStream stream = storage.inputFile(file).newStream()) {
      stream.seek(range.offset());
      stream.readFully(bytes);
    } catch (IOException e) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read shard %s: expected %d bytes from %d, got %s; if the file was changed,"
                  + " run `prepare` again",
              where,
              range.bytes(),
              range.offset(),
              e),
          e);
    }
    String digest = Sha256.of(bytes);
    if (!digest.equals(range.sha256())) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read shard %s: expected SHA-256 %s of %d bytes from %d, got %s; the file was"
                  + " changed, run `prepare` again",
              where,
              range.sha256(),
              range.bytes(),
              range.offset(),
              digest));
    }
    return bytes;
  }
}
