package io.deepincubation.core.data.batch;

import java.util.Locale;

/**
 * What a worker takes of every batch: as many of its first images as of its last ones. So an image
 * and its mirror image in the batch, which it is mixed with, are the same worker's, and are mirror
 * images of one another in its part, too.
 *
 * @param worker from 0
 * @param workers that divide the batch among them
 */
public record BatchSlice(int worker, int workers) {

  /** All of it. */
  public static final BatchSlice WHOLE = new BatchSlice(0, 1);

  /** Checks. */
  public BatchSlice {
    if (workers < 1 || worker < 0 || worker >= workers) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot slice batches: expected a worker below their number, got %d of %d",
              worker,
              workers));
    }
  }

  /**
   * How many images of a batch it takes.
   *
   * @param batch images of the whole batch, a multiple of the workers
   */
  public int size(int batch) {
    return batch / workers;
  }

  /**
   * The place in the batch of one of its images.
   *
   * @param batch images of the whole batch
   * @param image from 0 to {@link #size} - 1
   */
  public int place(int batch, int image) {
    int first = size(batch) / 2;
    int last = size(batch) - first;
    return image < first ? worker * first + image : batch - (worker + 1) * last + image - first;
  }
}
