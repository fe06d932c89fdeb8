package io.deepincubation.core.run;

import io.deepincubation.core.network.Weights;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a training needs to go on from a step as if it had never stopped.
 *
 * @param step optimizer steps done since the stage began
 * @param tensors parameters and the optimizer's state
 * @param counters other numbers, each finite, by name
 * @param metrics the lines so far
 */
public record TrainingState(
    long step, Weights tensors, Map<String, Double> counters, List<MetricsLine> metrics) {

  /** Copies. */
  public TrainingState {
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    metrics = List.copyOf(metrics);
  }

  /**
   * One of the counters.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public double counter(String name) {
    Double counter = counters.get(name);
    if (counter == null) {
      throw new IllegalArgumentException(
          "Cannot find counter " + name + ": expected one of " + counters.keySet());
    }
    return counter;
  }
}
