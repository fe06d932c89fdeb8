package io.deepincubation.core.data;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decoded splits on a node's disk, mapped into memory and shared by its tasks, be they threads or
 * processes.
 *
 * <p>A split is found by the digest of its shards, so another set never takes its place. One task
 * builds it while the others wait for the lock. Splits used longest ago make room for new ones.
 * Where the disk refuses, the split is kept on the heap, once per process.
 */
public final class LocalImageCache {

  private static final Logger LOG = LoggerFactory.getLogger(LocalImageCache.class);
  private static final String LOCK_FILE = "cache.lock";

  /** One per folder: file locks are held by a process, not by a thread. */
  private static final Map<Path, Object> LOCKS = new ConcurrentHashMap<>();

  private static final Map<String, WeakReference<ImageTable>> ON_HEAP = new HashMap<>();

  private final Path directory;
  private final long maxBytes;

  /**
   * A cache in a folder of the node.
   *
   * @param directory made where it is missing
   * @param maxBytes what the files may take together; a larger split stays on the heap
   */
  public LocalImageCache(Path directory, long maxBytes) {
    this.directory = directory.toAbsolutePath().normalize();
    this.maxBytes = maxBytes;
  }

  /**
   * The images of a split; decoded now if this node has not kept them.
   *
   * @throws UnfitDataException if a shard is missing, changed, or holds what is no image
   */
  public ImageTable open(PreparedSet set, String split) {
    var decoder = new SplitDecoder(set, split);
    ImageFile layout = decoder.layout();
    String digest = set.index().digest(split);
    try {
      return locked(digest + ImageFile.SUFFIX, layout, decoder);
    } catch (IOException e) {
      LOG.warn(
          "Cannot keep split {} of {} in {}; keeping {} MiB on the heap instead: {}",
          split,
          set.storage().uri(),
          directory,
          layout.bytes() >> 20,
          e.toString());
      return onHeap(digest, layout, decoder);
    }
  }

  private ImageTable locked(String name, ImageFile layout, SplitDecoder decoder)
      throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(name);
    synchronized (LOCKS.computeIfAbsent(directory, path -> new Object())) {
      try (FileChannel channel = lockChannel()) {
        FileLock lock = channel.lock();
        try {
          return mapped(file, layout, decoder);
        } finally {
          lock.release();
        }
      } catch (OverlappingFileLockException e) {
        throw new IOException("another class loader of this process holds the lock", e);
      }
    }
  }

  private ImageTable mapped(Path file, ImageFile layout, SplitDecoder decoder) throws IOException {
    if (!layout.isIn(file)) {
      makeRoom(layout.bytes(), file);
      layout.write(file, decoder);
    }
    Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    return layout.map(file);
  }

  private FileChannel lockChannel() throws IOException {
    return FileChannel.open(
        directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Deletes what a killed process left, then the splits used longest ago. */
  private void makeRoom(long bytes, Path file) throws IOException {
    if (bytes > maxBytes) {
      throw new IOException(
          "expected a split of at most " + maxBytes + " bytes, got one of " + bytes);
    }
    Files.deleteIfExists(file);
    for (Path abandoned : files(ImageFile.TEMPORARY_SUFFIX)) {
      Files.deleteIfExists(abandoned);
    }
    var kept = new ArrayDeque<>(files(ImageFile.SUFFIX));
    long taken = 0;
    for (Path other : kept) {
      taken += Files.size(other);
    }
    while (taken + bytes > maxBytes && !kept.isEmpty()) {
      Path oldest = kept.removeFirst();
      taken -= Files.size(oldest);
      Files.delete(oldest);
      LOG.info("Deleted {} to make room for {} bytes", oldest, bytes);
    }
  }

  /** Files of the cache, used longest ago first. */
  private List<Path> files(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(path -> path.getFileName().toString().endsWith(suffix))
          .sorted(Comparator.comparing(path -> path.toFile().lastModified()))
          .toList();
    }
  }

  private static ImageTable onHeap(String digest, ImageFile layout, SplitDecoder decoder) {
    synchronized (ON_HEAP) {
      Optional<ImageTable> kept = Optional.ofNullable(ON_HEAP.get(digest)).map(WeakReference::get);
      ImageTable table = kept.orElseGet(() -> load(layout, decoder));
      ON_HEAP.put(digest, new WeakReference<>(table));
      return table;
    }
  }

  private static ImageTable load(ImageFile layout, SplitDecoder decoder) {
    try {
      return layout.load(decoder);
    } catch (IOException e) {
      throw new UnfitDataException("Cannot decode a split: " + e.getMessage(), e);
    }
  }
}
