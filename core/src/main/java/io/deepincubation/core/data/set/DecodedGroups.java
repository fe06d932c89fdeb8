package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.EncodedPicture;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.StoredPixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Row groups of a set, decoded once a node: later uses read no more than the rows of an image that
 * they need. The pixels are those of {@link EncodedGroups}.
 *
 * <p>Where the decoded split has no room, a part of its row groups is kept, always the same one:
 * were all of them kept in turn, each would be deleted before its next use. What is not kept, or
 * was deleted meanwhile, is decoded at each use.
 */
final class DecodedGroups implements GroupReader {

  private static final Logger LOG = LoggerFactory.getLogger(DecodedGroups.class);

  /** The part of the cache that decoded images may take, for files have their place there too. */
  private static final double PART = 0.9;

  private static final int DIGITS = 8;

  private final CacheFolder folder;
  private final EncodedGroups encoded;
  private final int side;
  private final long splitBytes;
  private final AtomicBoolean refused = new AtomicBoolean();

  /**
   * Keeps row groups in a folder.
   *
   * @param folder of the node
   * @param encoded gives what is not kept
   * @param side rows and columns that the network sees
   * @param splitBytes of all files of the split
   */
  DecodedGroups(CacheFolder folder, EncodedGroups encoded, int side, long splitBytes) {
    this.folder = folder;
    this.encoded = encoded;
    this.side = side;
    this.splitBytes = splitBytes;
  }

  @Override
  public List<LabelledImage> read(DataIndex.Shard shard, int group) {
    if (refused.get()) {
      return encoded.read(shard, group);
    }
    var kept = new Group(shard, group);
    try {
      Optional<List<LabelledImage>> found = folder.locked(kept.name(), kept::images);
      return found.isPresent() ? found.get() : decoded(kept);
    } catch (IOException e) {
      if (!refused.getAndSet(true)) {
        LOG.warn(
            "Cannot keep decoded images of {} in {}; decoding them at each use instead: {}",
            encoded.set().storage().uri(),
            folder.directory(),
            e.toString());
      }
      return encoded.read(shard, group);
    }
  }

  private List<LabelledImage> decoded(Group group) throws IOException {
    List<LabelledImage> images = group.encoded();
    long bytes = DecodedFile.bytes(images, side);
    if (!DecodedFile.decodesAny(images, side) || !hasRoom(group, bytes)) {
      return images;
    }
    try {
      return folder.locked(group.name(), file -> made(group, file, images, bytes));
    } catch (UnfitDataException e) {
      LOG.debug("Not kept decoded, since an image is damaged: {}", group.name(), e);
      return images;
    }
  }

  private List<LabelledImage> made(Group group, Path file, List<LabelledImage> images, long bytes)
      throws IOException {
    Optional<List<LabelledImage>> others = group.images(file);
    if (others.isPresent()) {
      return others.get();
    }
    folder.keep(file, bytes, unfinished -> DecodedFile.write(unfinished, images, side));
    return group.images(file).orElse(images);
  }

  /** Whether a row group is of the part that is kept; by its digest, so that it stays the same. */
  private boolean hasRoom(Group group, long bytes) {
    double splitDecoded = (double) splitBytes * bytes / group.range().bytes();
    double part = (PART * folder.maxBytes() - splitBytes) / splitDecoded;
    long digits = Long.parseLong(group.range().sha256().substring(0, DIGITS), 16);
    return digits < part * (1L << (4 * DIGITS));
  }

  /** A row group that is kept, or may be. */
  private final class Group {

    private final DataIndex.Shard shard;
    private final int number;
    private @Nullable List<LabelledImage> encodedImages;

    Group(DataIndex.Shard shard, int number) {
      this.shard = shard;
      this.number = number;
    }

    FileRange range() {
      return shard.rowGroups().get(number).range();
    }

    String name() {
      return range().sha256() + "-" + side + DecodedFile.SUFFIX;
    }

    /** The images as files; read once where they are needed again. */
    synchronized List<LabelledImage> encoded() {
      if (encodedImages == null) {
        encodedImages = encoded.read(shard, number);
      }
      return encodedImages;
    }

    /** The images of a kept file, if it is whole. */
    Optional<List<LabelledImage>> images(Path file) throws IOException {
      Optional<List<DecodedFile.Entry>> entries = DecodedFile.read(file);
      if (entries.isEmpty()) {
        return Optional.empty();
      }
      CacheFolder.touch(file);
      var images = new ArrayList<LabelledImage>();
      for (DecodedFile.Entry entry : entries.get()) {
        images.add(new LabelledImage(picture(file, entry, images.size()), entry.label()));
      }
      return Optional.of(images);
    }

    private Picture picture(Path file, DecodedFile.Entry entry, int row) throws IOException {
      return entry.isDecoded()
          ? new StoredPixels(
              entry.height(), entry.width(), (top, bottom) -> rows(file, entry, row, top, bottom))
          : EncodedPicture.of(entry.file());
    }

    private byte[] rows(Path file, DecodedFile.Entry entry, int row, int top, int bottom) {
      int rowBytes = ImageCodec.CHANNELS * entry.width();
      byte[] rows = new byte[(bottom - top) * rowBytes];
      try (var stream = new RandomAccessFile(file.toFile(), "r")) {
        stream.seek(entry.start() + (long) top * rowBytes);
        stream.readFully(rows);
        return rows;
      } catch (IOException e) {
        LOG.debug("Decoding an image anew, since {} is gone", file, e);
        Picture picture = encoded().get(row).picture();
        return StoredPixels.layOut(
            picture.pixels().part(new Box(top, bottom, 0, entry.width()), /* side= */ side));
      }
    }
  }
}
