package io.deepincubation.core.data.pixels;

import java.util.Locale;

/**
 * A decoded RGB image.
 *
 * @param values 3 x H x W unsigned bytes, row-major
 * @param height H
 * @param width W
 */
public record Pixels(byte[] values, int height, int width) implements Picture {

  /** Checks that the values fill the image. */
  public Pixels {
    if (values.length != ImageCodec.CHANNELS * height * width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make an image: expected 3 x %d x %d values, got %d",
              height,
              width,
              values.length));
    }
  }

  /** An image of {@code 0xRRGGBB} numbers, row-major. */
  public static Pixels ofRgb(int[] rgb, int height, int width) {
    int plane = rgb.length;
    byte[] values = new byte[ImageCodec.CHANNELS * plane];
    for (int i = 0; i < plane; i++) {
      values[i] = (byte) (rgb[i] >> 16);
      values[plane + i] = (byte) (rgb[i] >> 8);
      values[2 * plane + i] = (byte) rgb[i];
    }
    return new Pixels(values, height, width);
  }

  /** The image as {@code 0xRRGGBB} numbers, row-major. */
  int[] rgb() {
    int plane = plane();
    int[] rgb = new int[plane];
    for (int i = 0; i < plane; i++) {
      rgb[i] =
          (values[i] & 0xFF) << 16
              | (values[plane + i] & 0xFF) << 8
              | (values[2 * plane + i] & 0xFF);
    }
    return rgb;
  }

  /** Values of a channel, H x W. */
  public int plane() {
    return height * width;
  }

  @Override
  public Pixels pixels() {
    return this;
  }

  @Override
  public Pixels part(Box box, int side) {
    int partHeight = box.bottom() - box.top();
    int partWidth = box.right() - box.left();
    if (partHeight == height && partWidth == width) {
      return this;
    }
    byte[] part = new byte[ImageCodec.CHANNELS * box.area()];
    for (int row = 0; row < ImageCodec.CHANNELS * partHeight; row++) {
      int y = row / partHeight * height + box.top() + row % partHeight;
      System.arraycopy(values, y * width + box.left(), part, row * partWidth, partWidth);
    }
    return new Pixels(part, partHeight, partWidth);
  }

  /**
   * The window of the same size whose first row and column are {@code top} and {@code left}; black
   * where it leaves the image.
   */
  public Pixels shifted(int top, int left) {
    byte[] shifted = new byte[values.length];
    int first = Math.max(0, -left);
    int count = width - Math.abs(left);
    for (int row = 0; row < ImageCodec.CHANNELS * height && count > 0; row++) {
      int y = row % height + top;
      if (y >= 0 && y < height) {
        int source = (row / height * height + y) * width + left + first;
        System.arraycopy(values, source, shifted, row * width + first, count);
      }
    }
    return new Pixels(shifted, height, width);
  }

  /** The image with left and right changed. */
  public Pixels mirrored() {
    byte[] mirrored = new byte[values.length];
    for (int start = 0; start < values.length; start += width) {
      int end = start + width - 1;
      for (int x = 0; x < width; x++) {
        mirrored[end - x] = values[start + x];
      }
    }
    return new Pixels(mirrored, height, width);
  }

  /** Height and width in words, for messages. */
  public String size() {
    return height + " x " + width;
  }
}
