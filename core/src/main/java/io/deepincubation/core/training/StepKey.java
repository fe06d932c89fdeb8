package io.deepincubation.core.training;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.random.RandomStream;

/**
 * What a step's random draws are for.
 *
 * @param stage seed, stage and module
 * @param epoch from 0
 * @param batch in the epoch, from 0
 * @param images of the whole batch
 * @param firstImage where in the batch the images begin that are computed now
 */
public record StepKey(BatchKey stage, int epoch, int batch, int images, int firstImage) {

  /** The same batch, seen from one of its images on. */
  public StepKey from(int image) {
    return new StepKey(stage, epoch, batch, images, image);
  }

  /**
   * The stream of some draws in this step.
   *
   * @param use what is drawn
   * @param index tells apart several streams of one use
   */
  public RandomStream random(String use, int index) {
    return RandomStream.of(
        stage.seed(),
        RandomStream.part(stage.stage()),
        stage.moduleIndex(),
        epoch,
        batch,
        RandomStream.part(use),
        index);
  }
}
