package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import java.io.Serializable;

/**
 * Fine-tuning of a method's trained model once more, on larger images (Sec. 4.1): its schedule as
 * in any {@link StageRecipe}.
 *
 * @param image side of the square input in pixels, which {@code model.patch} divides; 0 leaves the
 *     stage out
 * @param epochs passes over the training split
 * @param warmUpEpochs epochs of linear warm-up
 * @param stochasticDepth probability of dropping the last layer's branches; rises linearly from 0
 * @param clipNorm largest global gradient norm; 0 for no clipping
 * @param rateFactor multiplies the recipe's base rate in this stage
 * @param best whether the stage ends in the weights of its best measurement, and when it stops
 * @param workers logical workers that train the stage in rounds, each on its part of every batch; 1
 *     trains it in one process
 */
@Evolving
public record HigherResolutionRecipe(
    @AtLeast(0) int image,
    @AtLeast(0) int epochs,
    @AtLeast(0) int warmUpEpochs,
    @BelowOne double stochasticDepth,
    @NotNegative double clipNorm,
    @Positive double rateFactor,
    BestRecipe best,
    @AtLeast(1) int workers)
    implements Serializable {

  /** Without such a stage; with one, DeiT's 30 epochs at a small rate (Touvron et al., 2021). */
  static final HigherResolutionRecipe NONE =
      new HigherResolutionRecipe(0, 30, 0, 0.1, 1, 0.02, BestRecipe.NONE, 1);

  /** Whether there is such a stage. */
  public boolean isOn() {
    return image > 0;
  }

  /** The schedule. */
  public StageRecipe stage() {
    return new StageRecipe(
        epochs, warmUpEpochs, stochasticDepth, clipNorm, rateFactor, best, workers);
  }
}
