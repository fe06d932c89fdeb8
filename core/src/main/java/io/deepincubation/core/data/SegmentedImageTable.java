package io.deepincubation.core.data;

import java.nio.ByteBuffer;

/**
 * A table over buffers, mapped or on the heap; several, because one holds at most 2 GiB.
 *
 * @param segments each whole images, row-major
 * @param imagesPerSegment images of every segment but the last
 * @param labels one per image
 * @param height H
 * @param width W
 */
record SegmentedImageTable(
    ByteBuffer[] segments, int imagesPerSegment, int[] labels, int height, int width)
    implements ImageTable {

  /** Bytes that a segment stays below. */
  private static final long SEGMENT_BYTES = 1L << 30;

  /** Images that a segment holds. */
  static int imagesPerSegment(int imageBytes) {
    return (int) Math.max(1, SEGMENT_BYTES / imageBytes);
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int channels() {
    return ImageCodec.CHANNELS;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void pixels(int index, byte[] into) {
    int imageBytes = imageBytes();
    int start = index % imagesPerSegment * imageBytes;
    segments[index / imagesPerSegment].get(start, into, 0, imageBytes);
  }
}
