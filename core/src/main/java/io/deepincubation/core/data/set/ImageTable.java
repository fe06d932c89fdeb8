package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The images of a split with random access. Safe for use by several threads. */
public interface ImageTable {

  /** Number of images. */
  int size();

  /** C. */
  default int channels() {
    return ImageCodec.CHANNELS;
  }

  /** Rows that a network sees, H. */
  int height();

  /** Columns that a network sees, W. */
  int width();

  /** A number that all labels are below. */
  int labelBound();

  /**
   * An image as it is kept.
   *
   * @param index from 0 to {@link #size} - 1
   */
  LabelledImage image(int index);

  /**
   * All indices in the order of an epoch.
   *
   * @param random decides the order
   */
  default int[] shuffled(RandomStream random) {
    return shuffled(random, rows -> rows);
  }

  /**
   * Indices in the order of an epoch, drawn anew among those that are mixed at a time: all of them,
   * or those of a window where images are streamed.
   *
   * @param random decides the order
   * @param drawn gives as many indices as it gets, of those
   */
  default int[] shuffled(RandomStream random, UnaryOperator<int[]> drawn) {
    return drawn.apply(Permutation.of(random, size()));
  }

  /** The labels of all images, in order. */
  default int[] labels() {
    return IntStream.range(0, size()).map(this::label).toArray();
  }

  /** The label of an image, from 0. */
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
