package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;

/**
 * Brightness, contrast and saturation, each by an even factor around 1, in random order.
 *
 * @param range how far factors go from 1, 0 to below 1
 */
record ColorJitter(double range) {

  private static final int QUALITIES = 3;

  /** The image after the factors that the stream draws. */
  Pixels apply(Pixels image, RandomStream random) {
    Pixels jittered = image;
    for (int quality : Permutation.of(random, QUALITIES)) {
      double factor = 1 - range + 2 * range * random.nextDouble();
      jittered =
          switch (quality) {
            case 0 -> ColorOperations.brightness(jittered, factor);
            case 1 -> ColorOperations.contrast(jittered, factor);
            default -> ColorOperations.color(jittered, factor);
          };
    }
    return jittered;
  }
}
