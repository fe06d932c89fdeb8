package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.NotNegative;
import java.io.Serializable;

/**
 * Whether a stage ends in the weights of its best measurement, and when it stops looking for better
 * ones. Measurements are of the split {@code val}, or of {@code test} where there is no other.
 *
 * @param metric the measure that tells the best: {@code top1}, {@code top5}, {@code log-loss},
 *     {@code ece}, {@code precision}, {@code recall} or {@code f1}, of several labels {@code map},
 *     {@code f1-macro}, {@code f1-micro}, {@code log-loss} or {@code ece}, of pixels {@code miou},
 *     {@code macc} or {@code aacc}, of objects {@code ap}, {@code ap50} or {@code ap75} of boxes,
 *     or of masks with {@code -mask} behind; of log-loss and ece the lowest is the best, of the
 *     others the highest. Empty: a stage ends in its last weights
 * @param minDelta how much better than the best so far a measurement has to be
 * @param patience measurements without a better one after which the stage stops; 0 for none
 * @param every epochs between two measurements
 */
public record BestRecipe(
    String metric, @NotNegative double minDelta, @AtLeast(0) int patience, @AtLeast(1) int every)
    implements Serializable {

  /** A stage ends in its last weights. */
  public static final BestRecipe NONE = new BestRecipe("", 0, 0, 1);

  /** Whether the best measurement's weights are looked for. */
  public boolean isOn() {
    return !metric.isEmpty();
  }

  /** Whether a stage may stop before its last epoch. */
  public boolean stops() {
    return isOn() && patience > 0;
  }
}
