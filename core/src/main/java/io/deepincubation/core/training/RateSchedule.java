package io.deepincubation.core.training;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.ScheduleRecipe;
import io.deepincubation.core.recipe.StageRecipe;

/**
 * The rate over a stage, with a linear warm-up inside it. As DeiT's schedule computes it, the
 * cosine after the warm-up is where it would be without one, so the rate peaks below its base
 * value; a polynomial or steps are multiplied by the warm-up.
 *
 * @param baseRate where the rate would begin without a warm-up
 * @param schedule how it falls, and how often it changes
 * @param epochs of the whole stage
 * @param warmUpEpochs of the linear part
 */
public record RateSchedule(double baseRate, ScheduleRecipe schedule, int epochs, int warmUpEpochs) {

  /** Images that the recipe's base rate is stated for. */
  private static final double REFERENCE_BATCH = 512;

  /** What is left of the rate after a drop. */
  private static final double DROP = 0.1;

  /** The schedule of a recipe's stage, its base rate scaled with the effective batch. */
  public static RateSchedule of(Recipe recipe, StageRecipe stage) {
    double scaled = recipe.optimizer().rate() * recipe.batch().effectiveSize() / REFERENCE_BATCH;
    return new RateSchedule(
        scaled * stage.rateFactor(), recipe.schedule(), stage.epochs(), stage.warmUpEpochs());
  }

  /**
   * The rate of a step.
   *
   * @param epoch from 0
   * @param step in the epoch, from 0
   * @param stepsPerEpoch steps of an epoch
   */
  public double rate(int epoch, int step, int stepsPerEpoch) {
    return at(time(epoch, step, stepsPerEpoch));
  }

  private double time(int epoch, int step, int stepsPerEpoch) {
    return switch (schedule.unit()) {
      // The official scheduler steps after an epoch with that epoch's number.
      case EPOCH -> Math.max(0, epoch - 1);
      case STEP -> epoch + (double) step / stepsPerEpoch;
    };
  }

  /** The highest rate of all. */
  double peak() {
    return warmUpEpochs < epochs ? at(warmUpEpochs) : baseRate;
  }

  /**
   * The share of the peak that a step's rate is, where all steps of the warm-up count as the peak.
   *
   * @param epoch from 0
   * @param step in the epoch, from 0
   * @param stepsPerEpoch steps of an epoch
   */
  double shareOfPeak(int epoch, int step, int stepsPerEpoch) {
    double time = time(epoch, step, stepsPerEpoch);
    return time < warmUpEpochs ? 1 : at(time) / peak();
  }

  /**
   * The rate after some epochs.
   *
   * @param time in epochs
   */
  public double at(double time) {
    return switch (schedule.decay()) {
      case COSINE -> cosine(time);
      case POLYNOMIAL -> warmUp(time) * polynomial(Math.min(1, time / epochs));
      case STEPS -> warmUp(time) * baseRate * Math.pow(DROP, (double) drops(time / epochs));
    };
  }

  private double cosine(double time) {
    double minimum = schedule.minimumRate();
    if (time < warmUpEpochs) {
      return schedule.warmUpRate() + time * (baseRate - schedule.warmUpRate()) / warmUpEpochs;
    }
    if (time >= epochs) {
      return minimum;
    }
    return minimum + 0.5 * (baseRate - minimum) * (1 + Math.cos(Math.PI * time / epochs));
  }

  private double polynomial(double share) {
    double minimum = schedule.minimumRate();
    return minimum + (baseRate - minimum) * Math.pow(1 - share, schedule.power());
  }

  /** Drops that are over. */
  private long drops(double share) {
    return schedule.drops().stream().filter(drop -> share >= drop).count();
  }

  /** What the warm-up leaves of a rate. */
  private double warmUp(double time) {
    return time < warmUpEpochs
        ? 1 - (1 - time / warmUpEpochs) * (1 - schedule.warmUpRate() / baseRate)
        : 1;
  }
}
