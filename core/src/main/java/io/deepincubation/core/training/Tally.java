package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.run.Metrics;
import java.util.List;

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

  /** The class that each image of the split is taken for, in its order; empty without classes. */
  default List<Integer> predicted() {
    return List.of();
  }
}
