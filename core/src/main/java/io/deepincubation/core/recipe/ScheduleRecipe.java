package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;
import io.deepincubation.core.recipe.Rules.SharesInOrder;
import java.io.Serializable;
import java.util.List;

/**
 * How the rate falls over a stage, with a linear warm-up inside it.
 *
 * @param minimumRate where the rate ends; not scaled with the batch; unused by {@code steps}
 * @param warmUpRate where the warm-up starts; not scaled with the batch
 * @param unit how often the rate changes
 * @param decay how it falls
 * @param power of {@code polynomial}
 * @param drops of {@code steps}: parts of the stage after each of which the rate is a tenth
 */
public record ScheduleRecipe(
    @NotNegative double minimumRate,
    @NotNegative double warmUpRate,
    Unit unit,
    Decay decay,
    @Positive double power,
    @SharesInOrder List<Double> drops)
    implements Serializable {

  /** How often the rate changes. */
  public enum Unit {
    /** Once an epoch, as in DeiT. */
    EPOCH,
    /** Every step: smoother where epochs are few. */
    STEP
  }

  /** How the rate falls. */
  public enum Decay {
    /** Along half a cosine, as in DeiT. */
    COSINE,
    /** By a power of what is left of the stage, 1 for a straight line, as UperNet is trained. */
    POLYNOMIAL,
    /** To a tenth at some points, as detectors are trained. */
    STEPS
  }

  /** Copies. */
  public ScheduleRecipe {
    drops = List.copyOf(drops);
  }
}
