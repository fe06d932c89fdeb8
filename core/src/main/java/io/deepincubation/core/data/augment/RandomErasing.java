package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.random.NormalNoise;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;

/** Random erasing (Zhong et al., 2020) with timm's bounds, in pixel mode. */
final class RandomErasing {

  private static final double AREA_MIN = 0.02;
  private static final double AREA_MAX = 1.0 / 3;
  private static final double ASPECT_MIN = 0.3;
  private static final int ATTEMPTS = 10;

  private RandomErasing() {}

  /**
   * Makes a random box of a normalised image standard normal noise.
   *
   * @param into holds C x H x W values
   * @param offset where they start
   * @param height H
   * @param width W
   */
  static void apply(RandomStream random, float[] into, int offset, int height, int width) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double area = between(random, AREA_MIN, AREA_MAX) * height * width;
      double logAspect =
          between(random, StrictMath.log(ASPECT_MIN), StrictMath.log(1 / ASPECT_MIN));
      double aspect = StrictMath.exp(logAspect);
      int boxHeight = (int) Math.rint(Math.sqrt(area * aspect));
      int boxWidth = (int) Math.rint(Math.sqrt(area / aspect));
      if (boxHeight < height && boxWidth < width) {
        int top = Permutation.below(random, height - boxHeight + 1);
        int left = Permutation.below(random, width - boxWidth + 1);
        var box = new Box(top, top + boxHeight, left, left + boxWidth);
        noise(random, box, into, offset, height, width);
        return;
      }
    }
  }

  private static double between(RandomStream random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private static void noise(
      RandomStream random, Box box, float[] into, int offset, int height, int width) {
    for (int channel = 0; channel < Normalization.CHANNELS; channel++) {
      for (int y = box.top(); y < box.bottom(); y++) {
        int row = offset + (channel * height + y) * width;
        NormalNoise.fill(random, into, row + box.left(), row + box.right());
      }
    }
  }
}
