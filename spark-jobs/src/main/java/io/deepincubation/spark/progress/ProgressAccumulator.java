package io.deepincubation.spark.progress;

import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * The latest progress of each task, carried from executors to the driver by Spark's heartbeats.
 * Register it with {@code SparkContext.register(accumulator, name)}.
 */
public final class ProgressAccumulator
    extends AccumulatorV2<RunEvent.Interval, Map<Assignment, RunEvent.Interval>> {

  private static final long serialVersionUID = 1L;

  private final ConcurrentHashMap<Assignment, RunEvent.Interval> latest = new ConcurrentHashMap<>();

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
  public void add(RunEvent.Interval progress) {
    latest.merge(
        progress.assignment(), progress, (old, fresh) -> fresh.step() >= old.step() ? fresh : old);
  }

  @Override
  public void merge(AccumulatorV2<RunEvent.Interval, Map<Assignment, RunEvent.Interval>> other) {
    other.value().values().forEach(this::add);
  }

  /** A copy of the latest progress of each. */
  @Override
  public Map<Assignment, RunEvent.Interval> value() {
    return Map.copyOf(latest);
  }
}
