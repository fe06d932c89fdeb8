package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.run.Metrics;

/**
 * What a task's measures need to know of a split, counted batch by batch. Threads count at once.
 */
public interface Tally {

  /**
   * Counts some images.
   *
   * @param outputs B x ..., without a graph; they are freed afterwards
   * @param batch the images, with the right answers
   */
  void add(NDArray outputs, EvaluationBatch batch);

  /** What the outputs so far are worth. */
  Metrics metrics();
}
