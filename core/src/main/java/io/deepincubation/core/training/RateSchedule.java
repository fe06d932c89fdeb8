package io.deepincubation.core.training;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.ScheduleRecipe;
import io.deepincubation.core.recipe.StageRecipe;

/**
 * Cosine decay with a linear warm-up inside it, as DeiT's schedule computes it: after the warm-up
 * the cosine is where it would be without one, so the rate peaks below its base value.
 *
 * @param baseRate top of the cosine
 * @param minimumRate its end
 * @param warmUpRate where the warm-up starts
 * @param epochs of the whole stage
 * @param warmUpEpochs of the linear part
 * @param unit whether the rate moves every epoch or every step
 */
public record RateSchedule(
    double baseRate,
    double minimumRate,
    double warmUpRate,
    int epochs,
    int warmUpEpochs,
    ScheduleRecipe.Unit unit) {

  /** Images that the recipe's base rate is stated for. */
  private static final double REFERENCE_BATCH = 512;

  /** The schedule of a recipe's stage, its base rate scaled with the effective batch. */
  public static RateSchedule of(Recipe recipe, StageRecipe stage) {
    double scaled = recipe.optimizer().rate() * recipe.batch().effectiveSize() / REFERENCE_BATCH;
    return new RateSchedule(
        scaled * stage.rateFactor(),
        recipe.schedule().minimumRate(),
        recipe.schedule().warmUpRate(),
        stage.epochs(),
        stage.warmUpEpochs(),
        recipe.schedule().unit());
  }

  /**
   * The rate of a step.
   *
   * @param epoch from 0
   * @param step in the epoch, from 0
   * @param stepsPerEpoch steps of an epoch
   */
  public double rate(int epoch, int step, int stepsPerEpoch) {
    return switch (unit) {
      // The official scheduler steps after an epoch with that epoch's number.
      case EPOCH -> at(Math.max(0, epoch - 1));
      case STEP -> at(epoch + (double) step / stepsPerEpoch);
    };
  }

  /**
   * The rate after some epochs.
   *
   * @param time in epochs
   */
  public double at(double time) {
    if (time < warmUpEpochs) {
      return warmUpRate + time * (baseRate - warmUpRate) / warmUpEpochs;
    }
    if (time >= epochs) {
      return minimumRate;
    }
    return minimumRate + 0.5 * (baseRate - minimumRate) * (1 + Math.cos(Math.PI * time / epochs));
  }
}
