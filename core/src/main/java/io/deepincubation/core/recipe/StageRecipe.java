package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import java.io.Serializable;

/**
 * One training stage.
 *
 * @param epochs passes over the training split
 * @param warmUpEpochs epochs of linear warm-up
 * @param stochasticDepth probability of dropping the last layer's branches; rises linearly from 0
 * @param clipNorm largest global gradient norm; 0 for no clipping
 * @param rateFactor multiplies the recipe's base rate in this stage
 * @param best whether the stage ends in the weights of its best measurement, and when it stops
 * @param workers logical workers that train the stage in rounds, each on its part of every batch; 1
 *     trains it in one process
 */
public record StageRecipe(
    @AtLeast(0) int epochs,
    @AtLeast(0) int warmUpEpochs,
    @BelowOne double stochasticDepth,
    @NotNegative double clipNorm,
    @Positive double rateFactor,
    BestRecipe best,
    @AtLeast(1) int workers)
    implements Serializable {

  /** A stage of one worker that ends in its last weights. */
  public StageRecipe(
      int epochs, int warmUpEpochs, double stochasticDepth, double clipNorm, double rateFactor) {
    this(epochs, warmUpEpochs, stochasticDepth, clipNorm, rateFactor, BestRecipe.NONE, 1);
  }

  /**
   * The same schedule over other epochs, its warm-up scaled along: at least one epoch of it stays.
   *
   * @param other epochs
   */
  public StageRecipe lasting(int other) {
    long scaled = epochs == 0 ? 0 : Math.round((double) warmUpEpochs * other / epochs);
    int warmUp = warmUpEpochs == 0 ? 0 : (int) Math.max(1, scaled);
    return new StageRecipe(
        other, Math.min(warmUp, other), stochasticDepth, clipNorm, rateFactor, best, workers);
  }
}
