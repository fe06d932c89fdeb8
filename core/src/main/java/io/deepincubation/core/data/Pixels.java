package io.deepincubation.core.data;

/**
 * A decoded RGB image.
 *
 * @param values 3 x H x W unsigned bytes, row-major
 * @param height H
 * @param width W
 */
record Pixels(byte[] values, int height, int width) {

  /** Checks that the values fill the image. */
  Pixels {
    if (values.length != ImageCodec.CHANNELS * height * width) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot make an image: expected 3 x %d x %d values, got %d",
              height, width, values.length));
    }
  }

  /** An image of {@code 0xRRGGBB} numbers, row-major. */
  static Pixels ofRgb(int[] rgb, int height, int width) {
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
    int plane = height * width;
    int[] rgb = new int[plane];
    for (int i = 0; i < plane; i++) {
      rgb[i] =
          (values[i] & 0xFF) << 16
              | (values[plane + i] & 0xFF) << 8
              | (values[2 * plane + i] & 0xFF);
    }
    return rgb;
  }

  /** Height and width in words, for messages. */
  String size() {
    return height + " x " + width;
  }
}
