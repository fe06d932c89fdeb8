package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.NotNegative;
import java.io.Serializable;

/**
 * Cosine decay with a linear warm-up inside it.
 *
 * @param minimumRate where the cosine ends; not scaled with the batch
 * @param warmUpRate where the warm-up starts; not scaled with the batch
 * @param unit how often the rate changes
 */
public record ScheduleRecipe(
    @NotNegative double minimumRate, @NotNegative double warmUpRate, Unit unit)
    implements Serializable {

  /** How often the rate changes. */
  public enum Unit {
    /** Once an epoch, as in DeiT. */
    EPOCH,
    /** Every step: smoother where epochs are few. */
    STEP
  }
}
