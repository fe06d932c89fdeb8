package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  /**
   * The class that each image of the split is taken for, in its order, below 0 where the outputs
   * are no numbers; empty without classes, and where an image may have several.
   */
  default List<Integer> predicted() {
    return List.of();
  }

  /**
   * Finds what each image of the split, or group of them, gives a primary measure that is no mean
   * over images, see {@link io.deepincubation.core.statistics.Jackknife}; nothing where it is one.
   */
  default Supplier<List<Double>> shares() {
    return Measurement.NO_SHARES;
  }

  /** What the outputs so far are worth class by class; null without classes. */
  default @Nullable ClassMeasures classes() {
    return null;
  }

  /**
   * Draws the first images of the split as annotated, each beside what the outputs say of it, as a
   * JPEG file; empty without such pictures.
   */
  default Supplier<Optional<byte[]>> scenes() {
    return Measurement.NO_SCENES;
  }

  /** How often images of each class were taken for each; empty where that cannot be told. */
  default Optional<ConfusionMatrix> confusion() {
    return Optional.empty();
  }
}
