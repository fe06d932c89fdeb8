package io.deepincubation.core.data;

import java.util.Arrays;

/**
 * Bicubic resampling with a kernel that widens as the image shrinks, so that fine texture is
 * averaged and not folded (Keys, 1981, with a = -0.5). Whole-number arithmetic as in Pillow's
 * {@code Image.resize}: rows first, then columns, rounded to bytes between.
 */
final class Resampling {

  private static final double KERNEL_RADIUS = 2;

  /** Binary digits of a weight after the point. */
  private static final int PRECISION = 22;

  private Resampling() {}

  /** The middle square of an image whose shorter side was resized to {@code side}. */
  static Pixels squareOf(Pixels image, int side) {
    return middle(shorterSide(image, side), side);
  }

  /** The image resized so that its shorter side has so many pixels; its aspect stays. */
  static Pixels shorterSide(Pixels image, int side) {
    int shorter = Math.min(image.height(), image.width());
    int height = Math.max(side, (int) Math.rint((double) image.height() * side / shorter));
    int width = Math.max(side, (int) Math.rint((double) image.width() * side / shorter));
    return resized(image, height, width);
  }

  /** The middle square of an image. */
  static Pixels middle(Pixels image, int side) {
    int top = (image.height() - side) / 2;
    int left = (image.width() - side) / 2;
    return image.part(new Box(top, top + side, left, left + side), side);
  }

  /** The whole image with other numbers of pixels. */
  static Pixels resized(Pixels image, int height, int width) {
    Pixels wide = width == image.width() ? image : stretchedRows(image, width);
    return height == image.height() ? wide : stretchedColumns(wide, height);
  }

  private static Pixels stretchedRows(Pixels image, int width) {
    var taps = new Taps(image.width(), width);
    byte[] from = image.values();
    int plane = image.plane();
    byte[] values = new byte[ImageCodec.CHANNELS * image.height() * width];
    int targetPlane = image.height() * width;
    for (int y = 0; y < image.height(); y++) {
      int row = y * image.width();
      for (int x = 0; x < width; x++) {
        int start = row + taps.first[x];
        int weight = x * taps.most;
        int red = 1 << (PRECISION - 1);
        int green = red;
        int blue = red;
        for (int i = 0; i < taps.count[x]; i++) {
          int factor = taps.weights[weight + i];
          red += factor * (from[start + i] & 0xFF);
          green += factor * (from[start + plane + i] & 0xFF);
          blue += factor * (from[start + 2 * plane + i] & 0xFF);
        }
        int target = y * width + x;
        values[target] = clipped(red);
        values[targetPlane + target] = clipped(green);
        values[2 * targetPlane + target] = clipped(blue);
      }
    }
    return new Pixels(values, image.height(), width);
  }

  private static Pixels stretchedColumns(Pixels image, int height) {
    var taps = new Taps(image.height(), height);
    int width = image.width();
    byte[] values = new byte[ImageCodec.CHANNELS * height * width];
    int[] from = widened(image.values());
    int[] sums = new int[width];
    for (int row = 0; row < ImageCodec.CHANNELS * height; row++) {
      int y = row % height;
      int start = (row / height * image.height() + taps.first[y]) * width;
      Arrays.fill(sums, 1 << (PRECISION - 1));
      for (int i = 0; i < taps.count[y]; i++) {
        add(taps.weights[y * taps.most + i], from, start + i * width, sums);
      }
      for (int x = 0; x < width; x++) {
        values[row * width + x] = clipped(sums[x]);
      }
    }
    return new Pixels(values, height, width);
  }

  /** A loop of its own, and on numbers of one size, so that the compiler makes vectors of it. */
  private static void add(int factor, int[] from, int start, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += factor * from[start + x];
    }
  }

  private static int[] widened(byte[] values) {
    int[] wide = new int[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i] & 0xFF;
    }
    return wide;
  }

  private static byte clipped(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION));
  }

  /** Which input pixels make each output pixel of a line, and their weights. */
  private static final class Taps {

    /** First input pixel, by output pixel. */
    private final int[] first;

    /** Number of input pixels, by output pixel. */
    private final int[] count;

    /** Highest number of input pixels. */
    private final int most;

    /** By output pixel and input pixel; whole numbers that sum to 2^{@value #PRECISION}. */
    private final int[] weights;

    Taps(int from, int to) {
      double scale = (double) from / to;
      double stretch = Math.max(1, scale);
      double radius = KERNEL_RADIUS * stretch;
      first = new int[to];
      count = new int[to];
      most = (int) Math.ceil(radius) * 2 + 1;
      weights = new int[to * most];
      double[] line = new double[most];
      for (int target = 0; target < to; target++) {
        double middle = (target + 0.5) * scale;
        first[target] = Math.max(0, (int) (middle - radius + 0.5));
        count[target] = Math.min(from, (int) (middle + radius + 0.5)) - first[target];
        double sum = 0;
        for (int i = 0; i < count[target]; i++) {
          line[i] = cubic((first[target] + i - middle + 0.5) * (1 / stretch));
          sum += line[i];
        }
        for (int i = 0; i < count[target]; i++) {
          weights[target * most + i] = whole(line[i] / sum);
        }
      }
    }

    private static int whole(double weight) {
      double scaled = weight * (1 << PRECISION);
      return (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }

    private static double cubic(double x) {
      double distance = Math.abs(x);
      if (distance < 1) {
        return (1.5 * distance - 2.5) * distance * distance + 1;
      }
      if (distance < 2) {
        return (((distance - 5) * distance + 8) * distance - 4) * -0.5;
      }
      return 0;
    }
  }
}
