package io.deepincubation.core.data.augment;

import static io.deepincubation.core.data.augment.SceneAugmentation.between;

import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;

/**
 * Brightness, contrast, saturation and hue, each changed with even chance (Liu et al., 2016, "SSD",
 * as segmentation has it): brightness first, contrast before or after the two others. Levels are
 * whole and within 0 to 255 after each.
 */
final class PhotometricDistortion {

  private static final double BRIGHTNESS = 32;
  private static final double LEAST_FACTOR = 0.5;
  private static final double MOST_FACTOR = 1.5;

  /** Steps of hue to one side; 180 are once around. */
  private static final int HUE = 18;

  private static final int HUES = 180;
  private static final int SECTORS = 6;

  private PhotometricDistortion() {}

  /** The image after the changes that the stream draws. */
  static Pixels apply(Pixels image, RandomStream random) {
    Pixels changed = image;
    if (coin(random)) {
      double added = between(random, -BRIGHTNESS, BRIGHTNESS);
      changed = ColorOperations.mapped(changed, level -> level(level + added));
    }
    boolean contrastFirst = coin(random);
    changed = contrastFirst ? contrast(changed, random) : changed;
    if (coin(random)) {
      changed = saturated(changed, between(random, LEAST_FACTOR, MOST_FACTOR));
    }
    if (coin(random)) {
      changed = turned(changed, Permutation.below(random, 2 * HUE) - HUE);
    }
    return contrastFirst ? changed : contrast(changed, random);
  }

  private static boolean coin(RandomStream random) {
    return random.nextDouble() < 0.5;
  }

  private static Pixels contrast(Pixels image, RandomStream random) {
    if (!coin(random)) {
      return image;
    }
    double factor = between(random, LEAST_FACTOR, MOST_FACTOR);
    return ColorOperations.mapped(image, level -> level(level * factor));
  }

  private static int level(double value) {
    return (int) Math.max(0, Math.min(255, Math.rint(value)));
  }

  /** HSV's saturation times a factor, at most 1; the highest channel, its value, stays. */
  static Pixels saturated(Pixels image, double factor) {
    return perPixel(
        image,
        (pixel, highest, lowest) -> {
          double most = (double) highest / (highest - lowest);
          double distance = Math.min(factor, most);
          for (int channel = 0; channel < pixel.length; channel++) {
            pixel[channel] = highest - (highest - pixel[channel]) * distance;
          }
        });
  }

  /** HSV's hue turned by so many of {@value #HUES} steps. */
  static Pixels turned(Pixels image, int steps) {
    double sectors = (double) SECTORS * steps / HUES;
    return perPixel(
        image,
        (pixel, highest, lowest) -> {
          double hue = hue(pixel, highest, highest - lowest) + sectors + SECTORS;
          double spread = highest - lowest;
          for (int channel = 0; channel < pixel.length; channel++) {
            // Red is highest about hue 0, green about 2, blue about 4, and falls to both sides.
            double apart = Math.abs((hue - 2 * channel + SECTORS + 3) % SECTORS - 3);
            double share = Math.max(0, Math.min(1, 2 - apart));
            pixel[channel] = lowest + spread * share;
          }
        });
  }

  /** From -1 to below 5, in sixths of the circle. */
  private static double hue(double[] pixel, int highest, int spread) {
    if (pixel[0] == highest) {
      return (pixel[1] - pixel[2]) / spread;
    }
    return pixel[1] == highest
        ? 2 + (pixel[2] - pixel[0]) / spread
        : 4 + (pixel[0] - pixel[1]) / spread;
  }

  /** Changes a pixel's channels in place. */
  private interface Change {
    void of(double[] pixel, int highest, int lowest);
  }

  /** Changes pixels that are not grey. */
  private static Pixels perPixel(Pixels image, Change change) {
    byte[] values = image.values().clone();
    int plane = image.plane();
    var pixel = new double[values.length / plane];
    for (int i = 0; i < plane; i++) {
      int highest = 0;
      int lowest = 255;
      for (int channel = 0; channel < pixel.length; channel++) {
        int level = values[channel * plane + i] & 0xFF;
        pixel[channel] = level;
        highest = Math.max(highest, level);
        lowest = Math.min(lowest, level);
      }
      if (highest > lowest) {
        change.of(pixel, highest, lowest);
        for (int channel = 0; channel < pixel.length; channel++) {
          values[channel * plane + i] = (byte) level(pixel[channel]);
        }
      }
    }
    return new Pixels(values, image.height(), image.width());
  }
}
