package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.Pixels;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;

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
  public int labelBound() {
    return IntStream.of(labels).max().orElse(-1) + 1;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public LabelledImage image(int index) {
    byte[] pixels = new byte[imageBytes()];
    int start = index % imagesPerSegment * pixels.length;
    segments[index / imagesPerSegment].get(start, pixels);
    return new LabelledImage(new Pixels(pixels, height, width), labels[index]);
  }
}
