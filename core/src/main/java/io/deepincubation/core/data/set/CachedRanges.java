package io.deepincubation.core.data.set;

import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ranges of a set's files, kept on the node's disk once they were read. Where the disk refuses,
 * they are read from the set each time.
 */
final class CachedRanges implements RangeReader {

  /** The end of a kept range's name; counts up with its form. */
  static final String SUFFIX = ".v1.range";

  private static final Logger LOG = LoggerFactory.getLogger(CachedRanges.class);

  private final CacheFolder folder;
  private final StoredRanges stored;
  private final AtomicBoolean refused = new AtomicBoolean();

  /**
   * Keeps ranges in a folder.
   *
   * @param folder of the node
   * @param storage the set's folder
   */
  CachedRanges(CacheFolder folder, Storage storage) {
    this.folder = folder;
    this.stored = new StoredRanges(storage);
  }

  @Override
  public byte[] read(String file, FileRange range) {
    if (!refused.get()) {
      try {
        return folder.locked(range.sha256() + SUFFIX, kept -> kept(kept, file, range));
      } catch (IOException e) {
        if (!refused.getAndSet(true)) {
          LOG.warn(
              "Cannot keep images of {} in {}; reading them anew each time instead: {}",
              stored.storage().uri(),
              folder.directory(),
              e.toString());
        }
      }
    }
    return stored.read(file, range);
  }

  private byte[] kept(Path kept, String file, FileRange range) throws IOException {
    Optional<byte[]> found = whole(kept, range);
    if (found.isPresent()) {
      CacheFolder.touch(kept);
      return found.get();
    }
    byte[] bytes = stored.read(file, range);
    folder.keep(kept, bytes.length, unfinished -> Files.write(unfinished, bytes));
    return bytes;
  }

  /** What is kept, unless the disk has changed it. */
  private static Optional<byte[]> whole(Path kept, FileRange range) throws IOException {
    if (!Files.isRegularFile(kept) || Files.size(kept) != range.bytes()) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(kept);
    return Sha256.of(bytes).equals(range.sha256()) ? Optional.of(bytes) : Optional.empty();
  }
}
