package io.deepincubation.core.data.pixels;

import java.util.Arrays;

/**
 * Bicubic (Keys, 1981, with a = -0.5) and bilinear resampling with kernels that widen as the image
 * shrinks, so that fine texture is averaged and not folded. Whole-number arithmetic as in Pillow's
 * {@code Image.resize}: rows first, then columns, rounded to bytes between.
 */
public final class Resampling {

  /** Binary digits of a weight after the point. */
  private static final int PRECISION = 22;

  /** Lines that are turned at the same time: a cache line of numbers. */
  private static final int TURNED_AT_ONCE = 16;

  private Resampling() {}

  /** How much pixels count by their distance. */
  private enum Kernel {
    BICUBIC(2),
    BILINEAR(1);

    private final double radius;

    Kernel(double radius) {
      this.radius = radius;
    }

    double weight(double x) {
      double distance = Math.abs(x);
      if (distance >= radius) {
        return 0;
      }
      if (this == BILINEAR) {
        return 1 - distance;
      }
      return distance < 1
          ? (1.5 * distance - 2.5) * distance * distance + 1
          : (((distance - 5) * distance + 8) * distance - 4) * -0.5;
    }
  }

  /** The middle square of an image whose shorter side was resized to {@code side}. */
  public static Pixels squareOf(Pixels image, int side) {
    return middle(shorterSide(image, side), side);
  }

  /** The image resized so that its shorter side has so many pixels; its aspect stays. */
  public static Pixels shorterSide(Pixels image, int side) {
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

  /** The whole image with other numbers of pixels, bicubic. */
  public static Pixels resized(Pixels image, int height, int width) {
    return resized(image, height, width, Kernel.BICUBIC);
  }

  /** The whole image with other numbers of pixels, bilinear. */
  public static Pixels bilinear(Pixels image, int height, int width) {
    return resized(image, height, width, Kernel.BILINEAR);
  }

  private static Pixels resized(Pixels image, int height, int width, Kernel kernel) {
    if (height == image.height() && width == image.width()) {
      return image;
    }
    var across = new Taps(kernel, image.width(), width);
    var down = new Taps(kernel, image.height(), height);
    int[][] columns = lines(image.width(), image.height());
    int[][] fewColumns = lines(width, image.height());
    int[][] rows = lines(image.height(), width);
    int[][] fewRows = lines(height, width);
    byte[] values = new byte[ImageCodec.CHANNELS * height * width];
    for (int channel = 0; channel < ImageCodec.CHANNELS; channel++) {
      // Rows are stretched as columns of the turned image, since sums of whole lines are vectors
      turn(image, channel, columns);
      turn(width == image.width() ? columns : stretched(columns, across, fewColumns), rows);
      int[][] resized = height == image.height() ? rows : stretched(rows, down, fewRows);
      for (int y = 0; y < height; y++) {
        narrow(resized[y], values, (channel * height + y) * width);
      }
    }
    return new Pixels(values, height, width);
  }

  /** Arrays one by one: the JVM is slow to make all at once. */
  private static int[][] lines(int count, int length) {
    int[][] lines = new int[count][];
    for (int i = 0; i < count; i++) {
      lines[i] = new int[length];
    }
    return lines;
  }

  private static void turn(Pixels image, int channel, int[][] columns) {
    byte[] values = image.values();
    int height = image.height();
    for (int top = 0; top < height; top += TURNED_AT_ONCE) {
      int bottom = Math.min(height, top + TURNED_AT_ONCE);
      for (int x = 0; x < columns.length; x++) {
        int[] column = columns[x];
        int from = (channel * height + top) * columns.length + x;
        for (int y = top; y < bottom; y++) {
          column[y] = values[from] & 0xFF;
          from += columns.length;
        }
      }
    }
  }

  private static void turn(int[][] columns, int[][] rows) {
    for (int left = 0; left < columns.length; left += TURNED_AT_ONCE) {
      int right = Math.min(columns.length, left + TURNED_AT_ONCE);
      for (int y = 0; y < rows.length; y++) {
        int[] row = rows[y];
        for (int x = left; x < right; x++) {
          row[x] = columns[x][y];
        }
      }
    }
  }

  /** Resamples across the lines: each new one is a weighted sum of old ones. */
  private static int[][] stretched(int[][] lines, Taps taps, int[][] into) {
    for (int line = 0; line < into.length; line++) {
      int[] sums = into[line];
      Arrays.fill(sums, 1 << (PRECISION - 1));
      int first = taps.first[line];
      int weight = line * taps.most;
      int odd = taps.count[line] % 2;
      if (odd == 1) {
        add(taps.weights[weight], lines[first], sums);
      }
      for (int i = odd; i < taps.count[line]; i += 2) {
        int[] one = lines[first + i];
        int[] next = lines[first + i + 1];
        add(taps.weights[weight + i], one, taps.weights[weight + i + 1], next, sums);
      }
      clip(sums);
    }
    return into;
  }

  // Loops of their own, on numbers of one size at one place, so that the compiler makes vectors.

  private static void add(int factor, int[] line, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += factor * line[i];
    }
  }

  private static void add(int factor, int[] line, int nextFactor, int[] next, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += factor * line[i] + nextFactor * next[i];
    }
  }

  /** To 0 to 255, without a branch or a call. */
  private static void clip(int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      int level = sums[i] >> PRECISION;
      int below = 255 - (level & ~(level >> 31));
      sums[i] = 255 - (below & ~(below >> 31));
    }
  }

  private static void narrow(int[] line, byte[] values, int start) {
    for (int i = 0; i < line.length; i++) {
      values[start + i] = (byte) line[i];
    }
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

    Taps(Kernel kernel, int from, int to) {
      double scale = (double) from / to;
      double stretch = Math.max(1, scale);
      double radius = kernel.radius * stretch;
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
          line[i] = kernel.weight((first[target] + i - middle + 0.5) * (1 / stretch));
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
  }
}
