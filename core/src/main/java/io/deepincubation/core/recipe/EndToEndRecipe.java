package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import java.io.Serializable;
import java.util.function.IntSupplier;

/**
 * End-to-end training: its schedule as in any {@link StageRecipe}, but for epochs that may follow
 * from the other stages.
 *
 * @param epochs passes over the training split, or {@link Epochs#EQUAL}
 * @param warmUpEpochs epochs of linear warm-up; where the epochs follow from the other stages, at
 *     most those
 * @param stochasticDepth probability of dropping the last layer's branches; rises linearly from 0
 * @param clipNorm largest global gradient norm; 0 for no clipping
 * @param rateFactor multiplies the recipe's base rate in this stage
 * @param best whether the stage ends in the weights of its best measurement, and when it stops
 * @param workers logical workers that train the stage in rounds, each on its part of every batch; 1
 *     trains it in one process
 */
public record EndToEndRecipe(
    @AtLeast(0) Epochs epochs,
    @AtLeast(0) int warmUpEpochs,
    @BelowOne double stochasticDepth,
    @NotNegative double clipNorm,
    @Positive double rateFactor,
    BestRecipe best,
    @AtLeast(1) int workers)
    implements Serializable {

  /**
   * The schedule.
   *
   * @param equal epochs of equal cost, asked for {@link Epochs#EQUAL} alone
   */
  public StageRecipe stage(IntSupplier equal) {
    int count = epochs.number().orElseGet(equal);
    int warmUp = epochs.number().isPresent() ? warmUpEpochs : Math.min(warmUpEpochs, count);
    return new StageRecipe(count, warmUp, stochasticDepth, clipNorm, rateFactor, best, workers);
  }
}
