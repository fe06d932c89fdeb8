package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;

/**
 * What a split takes on a node that trains on it.
 *
 * @param fileBytes as files
 * @param decodedBytes decoded; where images are of several sizes, at most
 * @param memoryBytes that a task holds of it at once, at most; where it is decoded at once, that is
 *     all of it, mapped and shared by the tasks of a node
 */
public record SplitSize(long fileBytes, long decodedBytes, long memoryBytes) {

  /** The size of a split for a network that sees the samples whole, or parts of them. */
  public static SplitSize of(DataIndex index, String split) {
    ImageSizes sizes = index.sizes();
    long files = index.bytes(split);
    if (sizes == null) {
      return new SplitSize(files, files, files); // Of texts, which are in memory.
    }
    long windows = 2L * StreamedImages.WINDOW * ShardWriter.ROW_GROUP_BYTES;
    if (index.scenes() != null) {
      return new SplitSize(files, files, Math.min(files, windows)); // Decoded at each use.
    }
    long decoded = index.count(split) * ImageCodec.CHANNELS * sizes.maxHeight() * sizes.maxWidth();
    boolean square = sizes.are(sizes.maxHeight(), sizes.maxHeight());
    boolean atOnce = square && decoded <= LocalImageCache.DECODED_BYTES;
    return new SplitSize(files, decoded, atOnce ? decoded : Math.min(files, windows));
  }
}
