package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import java.io.Serializable;

/**
 * Module incubation: its schedule as in any {@link StageRecipe}, how a module begins, and what the
 * meta model does meanwhile.
 *
 * @param epochs passes over the training split
 * @param warmUpEpochs epochs of linear warm-up
 * @param stochasticDepth probability of dropping the last layer's branches; rises linearly from 0
 * @param clipNorm largest global gradient norm; 0 for no clipping
 * @param rateFactor multiplies the recipe's base rate in this stage
 * @param start how an incubated module begins
 * @param meta where the meta model's weights come from, and whether they are trained along
 * @param best whether an incubation ends in the weights of the hybrid network's best measurement,
 *     and when it stops
 * @param workers logical workers that train the stage in rounds, each on its part of every batch; 1
 *     trains it in one process
 */
public record IncubationRecipe(
    @AtLeast(0) int epochs,
    @AtLeast(0) int warmUpEpochs,
    @BelowOne double stochasticDepth,
    @NotNegative double clipNorm,
    @Positive double rateFactor,
    Start start,
    MetaModel meta,
    BestRecipe best,
    @AtLeast(1) int workers)
    implements Serializable {

  /** How an incubated module begins. */
  public enum Start {
    /** Fresh weights, as in the paper. */
    RANDOM,
    /** Each layer a copy of a layer of its meta module. */
    STACKED,
    /**
     * Its first layers are the meta module's, the others copies whose branches add nothing: hybrid
     * and assembled model compute what the meta model does.
     */
    GROWN
  }

  /** The meta model in an incubation (Sec. 4.3). */
  public enum MetaModel {
    /** Pre-trained and fixed, as in Algorithm 1. */
    PRETRAINED_FIXED,
    /** Pre-trained and trained along, each run its own copy. */
    PRETRAINED_TUNABLE,
    /** Random and trained along. */
    RANDOM_TUNABLE
  }

  /** The schedule. */
  public StageRecipe stage() {
    return new StageRecipe(
        epochs, warmUpEpochs, stochasticDepth, clipNorm, rateFactor, best, workers);
  }
}
