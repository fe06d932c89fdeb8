package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.BelowOne;
import java.io.Serializable;

/**
 * An exponential moving average of the trained modules' parameters and running statistics, which is
 * measured and becomes the stage's weights: {@code average = d * average + (1 - d) * weights} after
 * each step, as timm's {@code ModelEmaV3} has it.
 *
 * @param decay d; 0 for no average
 * @param warmUp whether d rises to that: at step n, from 1, it is {@code 1 - n^(-2/3)} as long as
 *     that is lower. Else it is 0 at the first step only
 */
public record EmaRecipe(@BelowOne double decay, boolean warmUp) implements Serializable {

  /** Stages end in the weights that the optimizer left. */
  public static final EmaRecipe NONE = new EmaRecipe(0, true);

  private static final double POWER = -2 / 3.0;

  /** Whether there is an average. */
  public boolean isOn() {
    return decay > 0;
  }

  /**
   * The d of a step.
   *
   * @param step from 1
   */
  public double decay(long step) {
    if (step <= 1) {
      return 0;
    }
    return warmUp ? Math.min(decay, 1 - StrictMath.pow((double) step, POWER)) : decay;
  }
}
