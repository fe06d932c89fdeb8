package io.deepincubation.core.run;

import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a round begins; kept as {@code checkpoints/STAGE/round-N.json}, whose presence commits the
 * round before.
 *
 * @param formatVersion of the file
 * @param key of the stage
 * @param number from 0
 * @param step optimizer steps of the stage that are done
 * @param ranges the weights that the workers begin with, range after range
 * @param statistics names of tensors of the weights that are no parameters
 * @param workers where each worker goes on; empty in the first round
 * @param counters of the whole training
 * @param metrics the lines so far
 */
public record Round(
    int formatVersion,
    StageKey key,
    int number,
    long step,
    List<Range> ranges,
    List<String> statistics,
    List<Worker> workers,
    Map<String, Double> counters,
    List<MetricsLine> metrics) {

  /** The version that this library writes, and the only one it reads. */
  static final int FORMAT_VERSION = 2;

  /**
   * Some tensors of the weights, in files of their own, so that they can be summed apart.
   *
   * @param weights what the workers begin with
   * @param momentum of the outer step; null before the first one, and where weights are averaged
   */
  public record Range(Shard weights, @Nullable Shard momentum) {}

  /**
   * Where a worker goes on.
   *
   * @param moments of its optimizer, range after range
   * @param counters of its training
   */
  public record Worker(List<Shard> moments, Map<String, Double> counters) {

    /** Copies. */
    public Worker {
      moments = List.copyOf(moments);
      counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    }
  }

  /** Copies. */
  public Round {
    ranges = List.copyOf(ranges);
    statistics = List.copyOf(statistics);
    workers = List.copyOf(workers);
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    metrics = List.copyOf(metrics);
  }

  /** Bytes of the largest range. */
  public long rangeBytes() {
    return ranges.stream().mapToLong(range -> range.weights().bytes()).max().orElse(0);
  }

  /** Bytes of the weights. */
  public long bytes() {
    return ranges.stream().mapToLong(range -> range.weights().bytes()).sum();
  }
}
