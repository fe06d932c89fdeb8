package io.deepincubation.core.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An attempt at a stage that has trained it and uploaded its weights.
 *
 * @param result what was done
 * @param configuration what {@code config.json} says of the network
 * @param metrics the lines of {@code metrics.jsonl}
 */
record FinishedAttempt(
    StageResult result, Map<String, Object> configuration, List<MetricsLine> metrics) {

  /** Copies. */
  FinishedAttempt {
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    metrics = List.copyOf(metrics);
  }
}
