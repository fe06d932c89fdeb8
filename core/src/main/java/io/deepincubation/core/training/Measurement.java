package io.deepincubation.core.training;

import io.deepincubation.core.run.Metrics;
import java.util.List;

/**
 * What a network was found to be worth on the test split.
 *
 * @param metrics all that was measured
 * @param predicted the class that it takes each image for, in order; empty without classes
 */
public record Measurement(Metrics metrics, List<Integer> predicted) {

  /** Copies. */
  public Measurement {
    predicted = List.copyOf(predicted);
  }

  /** What was counted. */
  public static Measurement of(Tally tally) {
    return new Measurement(tally.metrics(), tally.predicted());
  }
}
