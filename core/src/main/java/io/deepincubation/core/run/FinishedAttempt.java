package io.deepincubation.core.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An attempt at a stage that has trained it and uploaded its weights.
 *
 * @param result what was done
 * @param configuration what {@code config.json} says of the network
 * @param metrics the lines of {@code metrics.jsonl}
 * @param predicted the class that each test image is taken for, in order; null in attempts of
 *     earlier versions
 */
record FinishedAttempt(
    StageResult result,
    Map<String, Object> configuration,
    List<MetricsLine> metrics,
    @Nullable List<Integer> predicted) {

  /** Copies. */
  FinishedAttempt {
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    metrics = List.copyOf(metrics);
    predicted = predicted == null ? null : List.copyOf(predicted);
  }
}
