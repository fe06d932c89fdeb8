package io.deepincubation.spark.report;

import io.deepincubation.core.checkpoint.StageResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which task ran where and when; tasks side by side on one host get slots of their own. */
final class Timeline {

  /**
   * One task's place.
   *
   * @param result what it did
   * @param slot its row on its host, from 0
   * @param start share of the whole time that had passed when it started, 0 to 1
   * @param length its share of the whole time, 0 to 1
   */
  record Task(StageResult result, int slot, double start, double length) {}

  private final Instant begin;
  private final Instant end;
  private final Map<String, List<Task>> byHost = new TreeMap<>();

  Timeline(List<StageResult> results) {
    begin =
        results.stream().map(Timeline::start).min(Comparator.naturalOrder()).orElse(Instant.EPOCH);
    end = results.stream().map(Timeline::finish).max(Comparator.naturalOrder()).orElse(begin);
    Map<String, List<Instant>> freeAt = new TreeMap<>();
    results.stream()
        .sorted(Comparator.comparing(Timeline::start).thenComparing(StageResult::stage))
        .forEach(
            result -> place(result, freeAt.computeIfAbsent(result.host(), h -> new ArrayList<>())));
  }

  private void place(StageResult result, List<Instant> freeAt) {
    int slot = 0;
    while (slot < freeAt.size() && freeAt.get(slot).isAfter(start(result))) {
      slot++;
    }
    if (slot == freeAt.size()) {
      freeAt.add(finish(result));
    } else {
      freeAt.set(slot, finish(result));
    }
    byHost
        .computeIfAbsent(result.host(), host -> new ArrayList<>())
        .add(
            new Task(
                result,
                slot,
                share(Duration.between(begin, start(result))),
                share(Duration.between(start(result), finish(result)))));
  }

  private double share(Duration part) {
    return (double) part.toMillis() / Math.max(1, length().toMillis());
  }

  /** From the first start to the last end. */
  Duration length() {
    return Duration.between(begin, end);
  }

  /** The tasks of each host, by start. */
  Map<String, List<Task>> byHost() {
    return byHost;
  }

  private static Instant start(StageResult result) {
    return Instant.parse(result.startedAt());
  }

  private static Instant finish(StageResult result) {
    return Instant.parse(result.finishedAt());
  }
}
