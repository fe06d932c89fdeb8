package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.thread.Daemons;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

  private static final Map<String, WeakReference<ImageTable>> ON_HEAP = new HashMap<>();

  /** Decoded bytes up to which a split is kept decoded; larger ones are streamed. */
  static final long DECODED_BYTES = 4L << 30;

  /** One a processor for decoding; some, where there are few, for waiting. */
  private static final int READERS = Math.max(4, Runtime.getRuntime().availableProcessors());

  private static final long IDLE_SECONDS = 10;

  /** Threads that read, and decode once, for all streams of this process. */
  private static final Executor READING = readers();

  private final CacheFolder folder;
  private final Form form;
  private final long decodedBytes;

  /** How images of streamed splits are kept on the node. */
  public enum Form {
    /** Decoded once, as far as there is room. */
    DECODED,
    /** As files, decoded at each use. */
    ENCODED
  }

  /**
   * A cache in a folder of the node that keeps large splits decoded.
   *
   * @param directory made where it is missing
   * @param maxBytes what the files may take together; what has no room is kept in memory, or read
   *     anew
   */
  public LocalImageCache(Path directory, long maxBytes) {
    this(new CacheFolder(directory, maxBytes), Form.DECODED, DECODED_BYTES);
  }

  private LocalImageCache(CacheFolder folder, Form form, long decodedBytes) {
    this.folder = folder;
    this.form = form;
    this.decodedBytes = decodedBytes;
  }

  /** The same, with large splits in another form. */
  public LocalImageCache keeping(Form other) {
    return new LocalImageCache(folder, other, decodedBytes);
  }

  /** The same, with splits decoded at once up to so many bytes. */
  LocalImageCache decodingAtOnce(long bytes) {
    return new LocalImageCache(folder, form, bytes);
  }

  /**
   * The images of a split as a network of some image size sees them: decoded at once and kept where
   * they are of that size and few, else streamed.
   *
   * @param side rows and columns that the network sees
   * @throws UnfitDataException if a shard is missing, changed, or holds what is no image
   */
  public ImageTable open(PreparedSet set, String split, int side) {
    long bytes = set.index().count(split) * ImageCodec.CHANNELS * side * side;
    return set.sizes().are(side, side) && bytes <= decodedBytes
        ? open(set, split)
        : stream(set, split, side);
  }

  /** The images of a split, read as they are needed. */
  ImageTable stream(PreparedSet set, String split, int side) {
    return stream(set, split, side, READING);
  }

  ImageTable stream(PreparedSet set, String split, int side, Executor readers) {
    var encoded = new EncodedGroups(set, new CachedRanges(folder, set.storage()));
    GroupReader groups =
        form == Form.DECODED
            ? new DecodedGroups(folder, encoded, side, set.index().bytes(split))
            : encoded;
    return new StreamedTable(new StreamedImages(set, split, groups, readers), side);
  }

  /**
   * The images of a split for a dense task, read as they are needed, and decoded at each use.
   *
   * @param kind what is annotated on them
   * @throws UnfitDataException if the set is of another kind
   */
  public SceneTable openScenes(PreparedSet set, String split, SceneKind kind) {
    return openScenes(set, split, kind, READING);
  }

  SceneTable openScenes(PreparedSet set, String split, SceneKind kind, Executor readers) {
    SceneForm form = set.index().requireScenes(set.storage().uri(), kind);
    var groups = new EncodedGroups(set, new CachedRanges(folder, set.storage()));
    return new SceneTable(new StreamedImages(set, split, groups, readers), form);
  }

  private static Executor readers() {
    var readers =
        new ThreadPoolExecutor(
            READERS,
            READERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Daemons.named("shards"));
    readers.allowCoreThreadTimeOut(true);
    return readers;
  }

  /**
   * The images of a split, decoded; now if this node has not kept them.
   *
   * @throws UnfitDataException if a shard is missing, changed, or holds what is no image
   */
  public ImageTable open(PreparedSet set, String split) {
    var decoder = new SplitDecoder(set, split);
    ImageFile layout = decoder.layout();
    String digest = set.index().digest(split);
    try {
      return folder.locked(digest + ImageFile.SUFFIX, file -> mapped(file, layout, decoder));
    } catch (IOException e) {
      LOG.warn(
          "Cannot keep split {} of {} in {}; keeping {} on the heap instead: {}",
          split,
          set.storage().uri(),
          folder.directory(),
          Quantities.bytes(layout.bytes()),
          e.toString());
      return onHeap(digest, layout, decoder);
    }
  }

  private ImageTable mapped(Path file, ImageFile layout, SplitDecoder decoder) throws IOException {
    if (!layout.isIn(file)) {
      folder.keep(file, layout.bytes(), unfinished -> layout.write(unfinished, decoder));
    }
    CacheFolder.touch(file);
    return layout.map(file);
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
