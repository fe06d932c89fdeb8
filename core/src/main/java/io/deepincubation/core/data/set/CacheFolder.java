package io.deepincubation.core.data.set;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of a node that its tasks, be they threads or processes, keep files in. Files are named
 * by the digest of what is in them, so they are never out of date; those used longest ago make room
 * for new ones.
 *
 * @param directory made where it is missing
 * @param maxBytes what the files may take together
 */
record CacheFolder(Path directory, long maxBytes) {

  /** The end of an unfinished file's name. */
  static final String TEMPORARY_SUFFIX = ".part";

  /** An unfinished file that was not written for so long belongs to nobody. */
  private static final Duration ABANDONED = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);
  private static final List<String> KEPT =
      List.of(ImageFile.SUFFIX, CachedRanges.SUFFIX, DecodedFile.SUFFIX);

  /** Locks for files, by the first two hex digits of their digests. */
  private static final String LOCK_FILE = "cache-%s.lock";

  /** The lock for making room. */
  private static final String ROOM = "room";

  /** One per lock file: file locks are held by a process, not by a thread. */
  private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

  /** Makes the path absolute. */
  CacheFolder {
    directory = directory.toAbsolutePath().normalize();
  }

  /** What is done while a lock is held. */
  interface Work<T> {
    T run(Path file) throws IOException;
  }

  /** Works on a file while no other task of the node does. */
  <T> T locked(String name, Work<T> work) throws IOException {
    Files.createDirectories(directory);
    return whileLocked(name.substring(0, 2), () -> work.run(directory.resolve(name)));
  }

  private interface Section<T> {
    T run() throws IOException;
  }

  private <T> T whileLocked(String name, Section<T> section) throws IOException {
    Path lockFile = directory.resolve(String.format(Locale.ROOT, LOCK_FILE, name));
    synchronized (LOCKS.computeIfAbsent(lockFile, path -> new Object())) {
      try (FileChannel channel =
          FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        FileLock lock = channel.lock();
        try {
          return section.run();
        } finally {
          lock.release();
        }
      } catch (OverlappingFileLockException e) {
        throw new IOException("another class loader of this process holds the lock", e);
      }
    }
  }

  /** Marks a file as used now. */
  static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
  }

  /** Writes a file's content to a path. */
  interface Content {
    void writeTo(Path unfinished) throws IOException;
  }

  /**
   * Keeps a file in place of its old version, what killed processes left, and the files used
   * longest ago; on any failure it is not there.
   *
   * <p>Room is made before the file is written, so that the disk has it, and again as it appears:
   * others may have kept theirs meanwhile.
   *
   * @param file which the caller has locked
   * @param bytes of the content
   * @param content what is kept
   * @throws IOException if so many bytes are never allowed, or the disk refuses
   */
  void keep(Path file, long bytes, Content content) throws IOException {
    if (bytes > maxBytes) {
      throw new IOException(
          "expected a split of at most " + maxBytes + " bytes, got one of " + bytes);
    }
    Files.deleteIfExists(file);
    whileLocked(
        ROOM,
        () -> {
          deleteOldest(bytes);
          return file;
        });
    Path unfinished = Files.createTempFile(directory, "unfinished", TEMPORARY_SUFFIX);
    try {
      content.writeTo(unfinished);
      whileLocked(
          ROOM,
          () -> {
            deleteOldest(bytes);
            return Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
          });
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private void deleteOldest(long bytes) throws IOException {
    for (Path abandoned : files(List.of(TEMPORARY_SUFFIX))) {
      if (isAbandoned(abandoned)) {
        Files.deleteIfExists(abandoned);
      }
    }
    var kept = new ArrayDeque<>(files(KEPT));
    long taken = 0;
    for (Path other : kept) {
      taken += Math.max(0, size(other));
    }
    while (taken + bytes > maxBytes && !kept.isEmpty()) {
      Path oldest = kept.removeFirst();
      taken -= Math.max(0, size(oldest));
      Files.deleteIfExists(oldest);
      LOG.debug("Deleted {} to make room for {} bytes", oldest, bytes);
    }
  }

  private static boolean isAbandoned(Path unfinished) {
    long written = unfinished.toFile().lastModified();
    return written < System.currentTimeMillis() - ABANDONED.toMillis();
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  /** When a file was last used, read once: others go on using it while times are compared. */
  private record Use(Path file, long time) {}

  /** Files of the cache, used longest ago first. */
  private List<Path> files(List<String> suffixes) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> suffixes.stream().anyMatch(path.toString()::endsWith))
          .map(path -> new Use(path, path.toFile().lastModified()))
          .sorted(Comparator.comparingLong(Use::time))
          .map(Use::file)
          .toList();
    }
  }
}
