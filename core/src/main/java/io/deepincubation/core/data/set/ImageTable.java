package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.stream.IntStream;

/** The images of a split with random access. Safe for use by several threads. */
public interface ImageTable extends SampleTable {

  /** C. */
  default int channels() {
    return ImageCodec.CHANNELS;
  }

  /** Rows that a network sees, H. */
  int height();

  /** Columns that a network sees, W. */
  int width();

  /**
   * An image as it is kept.
   *
   * @param index from 0 to {@link #size} - 1
   */
  LabelledImage image(int index);

  @Override
  default int label(int index) {
    return image(index).label();
  }

  /**
   * Copies an image as evaluation sees it.
   *
   * @param index from 0 to {@link #size} - 1
   * @param into C x H x W unsigned bytes, row-major
   */
  default void pixels(int index, byte[] into) {
    byte[] values = image(index).picture().pixels().values();
    System.arraycopy(values, 0, into, 0, values.length);
  }

  /** Bytes of an image that a network sees: C x H x W. */
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
              Locale.ROOT,
              "Cannot make a table of %d images: expected %d bytes, got %d",
              labels.length,
              labels.length * imageBytes,
              images.length));
    }
    var segments = new ByteBuffer[] {ByteBuffer.wrap(images)};
    return new SegmentedImageTable(segments, Math.max(1, labels.length), labels, height, width);
  }
}
