package io.deepincubation.core.training;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.BatchSlice;
import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;

/**
 * What a step's random draws are for.
 *
 * @param stage seed, stage and module
 * @param epoch from 0
 * @param batch in the epoch, from 0
 * @param images of the whole batch, of which all draws are
 * @param slice the part of it that is computed here
 * @param firstImage where in that part the images begin that are computed now
 */
public record StepKey(
    BatchKey stage, int epoch, int batch, int images, BatchSlice slice, int firstImage) {

  /** Of a whole batch. */
  public StepKey(BatchKey stage, int epoch, int batch, int images) {
    this(stage, epoch, batch, images, BatchSlice.WHOLE, 0);
  }

  /** The same part of the batch, seen from one of its images on. */
  public StepKey from(int image) {
    return new StepKey(stage, epoch, batch, images, slice, image);
  }

  /** The places in the whole batch of some images from the first one on. */
  int[] places(int count) {
    var places = new int[count];
    Arrays.setAll(places, i -> slice.place(images, firstImage + i));
    return places;
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
