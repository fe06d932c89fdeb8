package io.deepincubation.core.data.augment;

import io.deepincubation.core.random.BetaDistribution;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;

/**
 * Draws how a batch is mixed: mixup or cutmix, even chance where both are on, and lambda from
 * Beta(alpha, alpha).
 *
 * @param mixup alpha of mixup; 0 turns it off
 * @param cutmix alpha of cutmix; 0 turns it off
 */
public record Mixing(double mixup, double cutmix) {

  /** Checks the alphas. */
  public Mixing {
    if (!(mixup >= 0 && cutmix >= 0)) {
      throw new IllegalArgumentException(
          "Cannot mix images: expected alphas of 0 or more, got " + mixup + " and " + cutmix);
    }
  }

  /** The mixing of a recipe. */
  public static Mixing of(AugmentationRecipe recipe) {
    return new Mixing(recipe.mixup(), recipe.cutmix());
  }

  /** Whether batches are mixed at all. */
  public boolean isOn() {
    return mixup > 0 || cutmix > 0;
  }

  /** Draws for one batch of H x W images. */
  public Mix draw(RandomStream random, int height, int width) {
    if (!isOn()) {
      return new Mix.Unmixed();
    }
    boolean cut = cutmix > 0 && (mixup == 0 || random.nextDouble() < 0.5);
    double lambda = BetaDistribution.draw(random, cut ? cutmix : mixup);
    if (!cut) {
      return new Mix.Mixup(lambda);
    }
    int centreY = Permutation.below(random, height);
    int centreX = Permutation.below(random, width);
    return Mix.Cutmix.around(lambda, centreY, centreX, height, width);
  }
}
