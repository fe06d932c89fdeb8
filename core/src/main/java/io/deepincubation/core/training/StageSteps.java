package io.deepincubation.core.training;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;

/**
 * The steps of a stage's training, which count from its beginning.
 *
 * @param epochs passes over the training split
 * @param perEpoch optimizer steps of an epoch
 * @param accumulation batches of a step
 * @param batchSize images of a batch
 * @param schedule the learning rate
 */
record StageSteps(
    int epochs, int perEpoch, int accumulation, int batchSize, RateSchedule schedule) {

  /**
   * The steps of a recipe's stage; batches that do not fill a step at the end of an epoch are left
   * out.
   *
   * @param batchesPerEpoch whole batches of the training split, at least 1
   */
  static StageSteps of(Recipe recipe, StageRecipe stage, int batchesPerEpoch) {
    int accumulation = recipe.batch().accumulation();
    return new StageSteps(
        stage.epochs(),
        Math.max(1, batchesPerEpoch / accumulation),
        accumulation,
        recipe.batch().size(),
        RateSchedule.of(recipe, stage));
  }

  /** All of the stage. */
  long all() {
    return (long) epochs * perEpoch;
  }

  /** Epochs that have begun after some steps. */
  int epochsOf(long done) {
    return Math.toIntExact((done + perEpoch - 1) / perEpoch);
  }

  /** Images of one step. */
  int images() {
    return batchSize * accumulation;
  }

  /** The epoch, from 0, of the step that comes after some. */
  int epoch(long done) {
    return Math.toIntExact(done / perEpoch);
  }

  /** The place in its epoch, from 0, of the step that comes after some. */
  int inEpoch(long done) {
    return Math.toIntExact(done % perEpoch);
  }

  /** The learning rate of the step that comes after some, as a share of the highest. */
  double shareOfPeak(long done) {
    return schedule.shareOfPeak(epoch(done), inEpoch(done), perEpoch);
  }

  /** The learning rate of the step that comes after some. */
  double rate(long done) {
    return schedule.rate(epoch(done), inEpoch(done), perEpoch);
  }
}
