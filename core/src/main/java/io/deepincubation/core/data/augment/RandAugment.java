package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;

/**
 * timm's {@code rand-mM-mstd0.5-inc1}: two operations drawn with replacement, each applied with
 * even chance at a normally drawn magnitude.
 *
 * @param magnitude mean of the magnitudes, 0 to 10
 */
record RandAugment(double magnitude) {

  private static final AugmentationOperation[] OPERATIONS = AugmentationOperation.values();
  private static final int DRAWN = 2;
  private static final double CHANCE = 0.5;
  private static final double DEVIATION = 0.5;

  /** The image after the operations that the stream draws. */
  Pixels apply(Pixels image, RandomStream random) {
    Pixels augmented = image;
    for (int i = 0; i < DRAWN; i++) {
      AugmentationOperation operation = OPERATIONS[Permutation.below(random, OPERATIONS.length)];
      if (random.nextDouble() < CHANCE) {
        double drawn = magnitude + DEVIATION * random.nextGaussian();
        double clipped = Math.max(0, Math.min(AugmentationOperation.HIGHEST, drawn));
        int sign = random.nextDouble() < 0.5 ? -1 : 1;
        augmented = operation.apply(augmented, clipped, sign);
      }
    }
    return augmented;
  }
}
