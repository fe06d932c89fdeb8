package io.deepincubation.core.training;

import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a network was found to be worth on a split.
 *
 * @param metrics all that was measured
 * @param predicted the class that it takes each image for, in order, below 0 where its outputs are
 *     no numbers; empty without classes, and where an image may have several
 * @param classes class by class; null without classes
 */
public record Measurement(
    Metrics metrics, List<Integer> predicted, @Nullable ClassMeasures classes) {

  /** Copies. */
  public Measurement {
    predicted = List.copyOf(predicted);
  }

  /** One without classes. */
  public Measurement(Metrics metrics, List<Integer> predicted) {
    this(metrics, predicted, null);
  }

  /** What was counted. */
  public static Measurement of(Tally tally) {
    return new Measurement(tally.metrics(), tally.predicted(), tally.classes());
  }
}
