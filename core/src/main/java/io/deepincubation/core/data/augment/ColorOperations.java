package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * Colour operations on whole images, with the arithmetic of Pillow's {@code ImageOps} and {@code
 * ImageEnhance}. Each makes a new image. A factor of 1 changes nothing; an enhancement's result
 * lies on the line from the image without the quality (factor 0) through the image itself.
 */
final class ColorOperations {

  private static final int LEVELS = 256;

  private ColorOperations() {}

  /** Stretches each channel to the whole range from 0 to 255. */
  static Pixels autoContrast(Pixels image) {
    return perChannel(image, ColorOperations::stretched);
  }

  /** Gives each channel an even histogram. */
  static Pixels equalize(Pixels image) {
    return perChannel(image, ColorOperations::evened);
  }

  static Pixels invert(Pixels image) {
    return mapped(image, level -> 255 - level);
  }

  /** Keeps the given number of a level's highest bits, 0 to 8. */
  static Pixels posterize(Pixels image, int bits) {
    int mask = -1 << (8 - bits);
    return mapped(image, level -> level & mask);
  }

  /** Inverts levels from a threshold on, 0 to 256. */
  static Pixels solarize(Pixels image, int threshold) {
    return mapped(image, level -> level < threshold ? level : 255 - level);
  }

  /** Adds to levels of the darker half. */
  static Pixels solarizeAdd(Pixels image, int added) {
    return mapped(image, level -> level < 128 ? Math.min(255, level + added) : level);
  }

  static Pixels brightness(Pixels image, double factor) {
    return mapped(image, level -> blended(0, level, (float) factor));
  }

  static Pixels contrast(Pixels image, double factor) {
    byte[] luma = luma(image);
    long sum = 0;
    for (byte level : luma) {
      sum += level & 0xFF;
    }
    int mean = (int) ((double) sum / luma.length + 0.5);
    return mapped(image, level -> blended(mean, level, (float) factor));
  }

  /** Saturation. */
  static Pixels color(Pixels image, double factor) {
    byte[] grey = luma(image);
    byte[] from = image.values();
    byte[] values = new byte[from.length];
    float share = (float) factor;
    for (int offset = 0; offset < from.length; offset += grey.length) {
      for (int i = 0; i < grey.length; i++) {
        values[offset + i] = (byte) blended(grey[i] & 0xFF, from[offset + i] & 0xFF, share);
      }
    }
    return new Pixels(values, image.height(), image.width());
  }

  static Pixels sharpness(Pixels image, double factor) {
    byte[] smooth = smooth(image);
    byte[] from = image.values();
    float share = (float) factor;
    for (int i = 0; i < from.length; i++) {
      smooth[i] = (byte) blended(smooth[i] & 0xFF, from[i] & 0xFF, share);
    }
    return new Pixels(smooth, image.height(), image.width());
  }

  private static int blended(int without, int with, float factor) {
    float level = without + factor * (with - without);
    return Math.max(0, Math.min(255, (int) level));
  }

  /** A weighted mean of 3 x 3 pixels, the middle one five-fold; pixels at the edge stay. */
  private static byte[] smooth(Pixels image) {
    byte[] from = image.values();
    byte[] values = from.clone();
    int width = image.width();
    for (int row = 0; row < ImageCodec.CHANNELS * image.height(); row++) {
      int y = row % image.height();
      if (y == 0 || y == image.height() - 1) {
        continue;
      }
      for (int i = row * width + 1; i < (row + 1) * width - 1; i++) {
        int sum = three(from, i - width) + three(from, i) + three(from, i + width);
        values[i] = (byte) ((2 * (sum + 4 * (from[i] & 0xFF)) + 13) / 26);
      }
    }
    return values;
  }

  private static int three(byte[] values, int middle) {
    return (values[middle - 1] & 0xFF) + (values[middle] & 0xFF) + (values[middle + 1] & 0xFF);
  }

  /** Grey levels after ITU-R 601-2. */
  private static byte[] luma(Pixels image) {
    byte[] values = image.values();
    int plane = image.plane();
    byte[] luma = new byte[plane];
    for (int i = 0; i < plane; i++) {
      int red = values[i] & 0xFF;
      int green = values[plane + i] & 0xFF;
      int blue = values[2 * plane + i] & 0xFF;
      luma[i] = (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
    }
    return luma;
  }

  private static byte[] stretched(int[] histogram) {
    int lowest = 0;
    while (lowest < LEVELS - 1 && histogram[lowest] == 0) {
      lowest++;
    }
    int highest = LEVELS - 1;
    while (highest > 0 && histogram[highest] == 0) {
      highest--;
    }
    if (highest <= lowest) {
      return table(level -> level);
    }
    double scale = 255.0 / (highest - lowest);
    double offset = -lowest * scale;
    return table(level -> (int) Math.max(0, Math.min(255, level * scale + offset)));
  }

  private static byte[] evened(int[] histogram) {
    int pixels = 0;
    int levels = 0;
    int last = 0;
    for (int count : histogram) {
      if (count > 0) {
        pixels += count;
        levels++;
        last = count;
      }
    }
    int step = (pixels - last) / 255;
    if (levels <= 1 || step == 0) {
      return table(level -> level);
    }
    byte[] table = new byte[LEVELS];
    int below = step / 2;
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) Math.min(255, below / step);
      below += histogram[level];
    }
    return table;
  }

  private static byte[] table(IntUnaryOperator levels) {
    byte[] table = new byte[LEVELS];
    for (int level = 0; level < LEVELS; level++) {
      table[level] = (byte) levels.applyAsInt(level);
    }
    return table;
  }

  static Pixels mapped(Pixels image, IntUnaryOperator levels) {
    byte[] table = table(levels);
    byte[] values = new byte[image.values().length];
    map(image.values(), 0, values.length, table, values);
    return new Pixels(values, image.height(), image.width());
  }

  private static Pixels perChannel(Pixels image, Function<int[], byte[]> tables) {
    byte[] from = image.values();
    byte[] values = new byte[from.length];
    int plane = image.plane();
    for (int start = 0; start < from.length; start += plane) {
      int[] histogram = new int[LEVELS];
      for (int i = start; i < start + plane; i++) {
        histogram[from[i] & 0xFF]++;
      }
      map(from, start, start + plane, tables.apply(histogram), values);
    }
    return new Pixels(values, image.height(), image.width());
  }

  private static void map(byte[] from, int start, int end, byte[] table, byte[] into) {
    for (int i = start; i < end; i++) {
      into[i] = table[from[i] & 0xFF];
    }
  }
}
