package io.deepincubation.core.data;

/**
 * Bicubic resampling with a kernel that widens as the image shrinks, so that fine texture is
 * averaged and not folded (Keys, 1981, with a = -0.5, as Pillow does it).
 */
final class Resampling {

  private static final double KERNEL_RADIUS = 2;

  private Resampling() {}

  /** The middle square of an image whose shorter side was resized to {@code side}. */
  static Pixels squareOf(Pixels image, int side) {
    int shorter = Math.min(image.height(), image.width());
    int height = Math.max(side, (int) Math.rint((double) image.height() * side / shorter));
    int width = Math.max(side, (int) Math.rint((double) image.width() * side / shorter));
    return centre(resized(image, height, width), side);
  }

  private static Pixels resized(Pixels image, int height, int width) {
    if (height == image.height() && width == image.width()) {
      return image;
    }
    Pixels wide = new Pixels(stretchRows(image, width), image.height(), width);
    return transposed(new Pixels(stretchRows(transposed(wide), height), width, height));
  }

  private static byte[] stretchRows(Pixels image, int width) {
    int rows = ImageCodec.CHANNELS * image.height();
    byte[] stretched = new byte[rows * width];
    for (int x = 0; x < width; x++) {
      Taps taps = Taps.of(x, image.width(), width);
      for (int row = 0; row < rows; row++) {
        stretched[row * width + x] = taps.apply(image.values(), row * image.width());
      }
    }
    return stretched;
  }

  private static Pixels transposed(Pixels image) {
    int height = image.height();
    int width = image.width();
    byte[] values = new byte[image.values().length];
    for (int i = 0; i < values.length; i++) {
      int plane = i / (height * width) * height * width;
      int y = (i - plane) / width;
      int x = (i - plane) % width;
      values[plane + x * height + y] = image.values()[i];
    }
    return new Pixels(values, width, height);
  }

  private static Pixels centre(Pixels image, int side) {
    int top = (image.height() - side) / 2;
    int left = (image.width() - side) / 2;
    byte[] values = new byte[ImageCodec.CHANNELS * side * side];
    for (int row = 0; row < ImageCodec.CHANNELS * side; row++) {
      int y = row / side * image.height() + top + row % side;
      System.arraycopy(image.values(), y * image.width() + left, values, row * side, side);
    }
    return new Pixels(values, side, side);
  }

  /** Weights of the input pixels that make one output pixel of a row. */
  private record Taps(int first, double[] weights) {

    static Taps of(int target, int from, int to) {
      double scale = (double) from / to;
      double stretch = Math.max(1, scale);
      double middle = (target + 0.5) * scale;
      int first = Math.max(0, (int) (middle - KERNEL_RADIUS * stretch + 0.5));
      int last = Math.min(from, (int) (middle + KERNEL_RADIUS * stretch + 0.5));
      double[] weights = new double[last - first];
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        weights[i] = cubic((first + i + 0.5 - middle) / stretch);
        sum += weights[i];
      }
      for (int i = 0; i < weights.length; i++) {
        weights[i] /= sum;
      }
      return new Taps(first, weights);
    }

    byte apply(byte[] values, int offset) {
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += weights[i] * (values[offset + first + i] & 0xFF);
      }
      return (byte) Math.max(0, Math.min(255, Math.rint(sum)));
    }

    private static double cubic(double x) {
      double distance = Math.abs(x);
      if (distance < 1) {
        return (1.5 * distance - 2.5) * distance * distance + 1;
      }
      if (distance < 2) {
        return ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
      }
      return 0;
    }
  }
}
