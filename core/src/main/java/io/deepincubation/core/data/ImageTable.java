package io.deepincubation.core.data;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/**
 * Decoded images of a split with random access: N x C x H x W unsigned bytes, and N labels. Safe
 * for use by several threads.
 */
public interface ImageTable {

  /** N. */
  int size();

  /** C. */
  int channels();

  /** H. */
  int height();

  /** W. */
  int width();

  /** The class of an image, from 0. */
  int label(int index);

  /**
   * Copies an image.
   *
   * @param index from 0 to N - 1
   * @param into C x H x W unsigned bytes, row-major
   */
  void pixels(int index, byte[] into);

  /** Bytes of an image: C x H x W. */
  default int imageBytes() {
    return channels() * height() * width();
  }

  /** The first {@code count} images, or all if there are fewer. */
  default ImageTable limit(int count) {
    return new ImageTableView(this, IntStream.range(0, Math.min(count, size())).toArray());
  }

  /**
   * A table in memory.
   *
   * @param images N x 3 x H x W unsigned bytes, row-major; not copied
   * @param labels N classes
   * @param height H
   * @param width W
   */
  static ImageTable of(byte[] images, int[] labels, int height, int width) {
    int imageBytes = ImageCodec.CHANNELS * height * width;
    if (images.length != labels.length * imageBytes) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot make a table of %d images: expected %d bytes, got %d",
              labels.length, labels.length * imageBytes, images.length));
    }
    var segments = new ByteBuffer[] {ByteBuffer.wrap(images)};
    return new SegmentedImageTable(segments, Math.max(1, labels.length), labels, height, width);
  }
}
