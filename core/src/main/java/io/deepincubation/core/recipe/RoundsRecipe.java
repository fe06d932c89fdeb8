package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.Positive;
import java.io.Serializable;

/**
 * How the workers of a stage meet: each makes some steps by itself on its part of every batch, then
 * all go on from what the mean of their changes makes of the weights that they began with. Counts
 * only in stages of several workers.
 *
 * @param steps optimizer steps of a round; 0 for a rule by the learning rate: 16 in the first
 *     twentieth of a stage, then the larger one of 64 and {@code (8 * peak / rate)^2}, where
 *     warm-up counts as the peak
 * @param outer what becomes of the mean change
 * @param rate multiplies the step of {@code nesterov}
 * @param momentum of {@code nesterov}
 */
public record RoundsRecipe(
    @AtLeast(0) int steps, Outer outer, @Positive double rate, @BelowOne double momentum)
    implements Serializable {

  /** What becomes of the mean change (DiLoCo, Douillard et al., 2023). */
  public enum Outer {
    /** It is added: the workers' weights are averaged. */
    AVERAGE,
    /** It is what Nesterov's momentum goes by. */
    NESTEROV
  }

  /** By the rule, with plain averages. */
  public static final RoundsRecipe DEFAULT = new RoundsRecipe(0, Outer.AVERAGE, 0.7, 0.9);
}
