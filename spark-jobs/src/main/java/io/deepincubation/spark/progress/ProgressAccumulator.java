package io.deepincubation.spark.progress;

import io.deepincubation.core.training.StageProgress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * The latest progress of each task, carried from executors to the driver by Spark's heartbeats.
 * Register it with {@code SparkContext.register(accumulator, name)}.
 */
public final class ProgressAccumulator
    extends AccumulatorV2<StageProgress, Map<String, StageProgress>> {

  private static final long serialVersionUID = 1L;

  private final ConcurrentHashMap<String, StageProgress> latest = new ConcurrentHashMap<>();

  /** An accumulator without news. */
  public ProgressAccumulator() {}

  @Override
  public boolean isZero() {
    return latest.isEmpty();
  }

  @Override
  public ProgressAccumulator copy() {
    var copy = new ProgressAccumulator();
    copy.latest.putAll(latest);
    return copy;
  }

  @Override
  public void reset() {
    latest.clear();
  }

  /** Takes news; of two about one task those of the later step stay. */
  @Override
  public void add(StageProgress progress) {
    latest.merge(
        progress.stage(), progress, (old, fresh) -> fresh.step() >= old.step() ? fresh : old);
  }

  @Override
  public void merge(AccumulatorV2<StageProgress, Map<String, StageProgress>> other) {
    other.value().values().forEach(this::add);
  }

  /** A copy of the latest progress by stage. */
  @Override
  public Map<String, StageProgress> value() {
    return Map.copyOf(latest);
  }
}
