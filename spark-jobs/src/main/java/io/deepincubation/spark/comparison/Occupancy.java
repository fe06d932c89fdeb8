package io.deepincubation.spark.comparison;

import io.deepincubation.core.run.TaskAttempt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How long how many executors trained at once. */
final class Occupancy {

  /** An attempt begins on an executor, or ends. */
  private record Change(Instant time, String executor, int by) {}

  private Occupancy() {}

  /**
   * Shares of the time between the first start and the last end.
   *
   * @param attempts at stages
   * @param since those that began earlier are left out
   * @param until the end of those that have none
   * @return by number of executors that trained, at least one training each, the share of the time;
   *     empty where nothing was trained
   */
  static Map<Integer, Double> of(List<TaskAttempt> attempts, Instant since, Instant until) {
    List<Change> changes = changes(attempts, since, until);
    var seconds = new TreeMap<Integer, Double>();
    var running = new HashMap<String, Integer>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      if (i > 0) {
        double passed = millis(changes.get(i - 1).time(), change.time());
        int busy = (int) running.values().stream().filter(tasks -> tasks > 0).count();
        seconds.merge(busy, passed, Double::sum);
      }
      running.merge(change.executor(), change.by(), Integer::sum);
    }
    double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    seconds.values().removeIf(share -> share == 0);
    seconds.replaceAll((busy, share) -> share / all);
    return seconds;
  }

  private static List<Change> changes(List<TaskAttempt> attempts, Instant since, Instant until) {
    var changes = new ArrayList<Change>();
    for (TaskAttempt attempt : attempts) {
      Instant start = Instant.parse(attempt.startedAt());
      if (!start.isBefore(since)) {
        changes.add(new Change(start, attempt.executor(), 1));
        changes.add(new Change(end(attempt.finishedAt(), until), attempt.executor(), -1));
      }
    }
    changes.sort(Comparator.comparing(Change::time));
    return changes;
  }

  private static Instant end(@Nullable String endedAt, Instant until) {
    return endedAt == null ? until : Instant.parse(endedAt);
  }

  private static double millis(Instant from, Instant to) {
    return to.toEpochMilli() - from.toEpochMilli();
  }
}
