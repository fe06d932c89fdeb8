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
 * @param differences what it changed, range after range, among the worker's files
 * @param moments of its optimizer, range after range, beside the next round
 * @param counters of its training, where the next round goes on
 * @param metrics the lines of the round
 */
record WorkerPart(
    StageKey key,
    List<Shard> differences,
    List<Shard> moments,
    Map<String, Double> counters,
    List<MetricsLine> metrics) {

  /** Copies. */
  WorkerPart {
    differences = List.copyOf(differences);
    moments = List.copyOf(moments);
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    metrics = List.copyOf(metrics);
  }
}
