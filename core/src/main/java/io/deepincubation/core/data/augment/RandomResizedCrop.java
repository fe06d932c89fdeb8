package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;

/**
 * The part of an image that training sees (Szegedy et al., 2015): 8 % to all of its area, of an
 * aspect from 3/4 to 4/3.
 */
final class RandomResizedCrop {

  private static final double AREA_MIN = 0.08;
  private static final double ASPECT_MIN = 3.0 / 4;
  private static final double ASPECT_MAX = 4.0 / 3;
  private static final int ATTEMPTS = 10;

  private RandomResizedCrop() {}

  /** Draws a part of an H x W image. */
  static Box draw(RandomStream random, int height, int width) {
    double lowest = StrictMath.log(ASPECT_MIN);
    double highest = StrictMath.log(ASPECT_MAX);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double area = (AREA_MIN + (1 - AREA_MIN) * random.nextDouble()) * height * width;
      double aspect = StrictMath.exp(lowest + (highest - lowest) * random.nextDouble());
      int boxWidth = (int) Math.rint(Math.sqrt(area * aspect));
      int boxHeight = (int) Math.rint(Math.sqrt(area / aspect));
      if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
        int top = Permutation.below(random, height - boxHeight + 1);
        int left = Permutation.below(random, width - boxWidth + 1);
        return new Box(top, top + boxHeight, left, left + boxWidth);
      }
    }
    return middle(height, width);
  }

  /** The largest part in the middle whose aspect is allowed. */
  private static Box middle(int height, int width) {
    double aspect = (double) width / height;
    int boxWidth = aspect > ASPECT_MAX ? (int) Math.rint(height * ASPECT_MAX) : width;
    int boxHeight = aspect < ASPECT_MIN ? (int) Math.rint(width / ASPECT_MIN) : height;
    int top = (height - boxHeight) / 2;
    int left = (width - boxWidth) / 2;
    return new Box(top, top + boxHeight, left, left + boxWidth);
  }
}
