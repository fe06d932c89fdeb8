package io.deepincubation.core.run;

import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a worker did in a round.
 *
 * @param key of the stage
 * @param difference what it changed, among the worker's files
 * @param moments of its optimizer, beside the next round
 * @param counters of its training, where the next round goes on
 * @param metrics the lines of the round
 */
record WorkerPart(
    StageKey key,
    Shard difference,
    Shard moments,
    Map<String, Double> counters,
    List<MetricsLine> metrics) {

  /** Copies. */
  WorkerPart {
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    metrics = List.copyOf(metrics);
  }
}
