package io.deepincubation.spark.report;

import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.text.Quantities;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long the workers of each round took, of the attempts that handed in: a round waits for its
 * slowest worker.
 */
final class RoundSpread {

  /** Seconds of each worker, by stage and round. */
  private final Map<String, Map<Integer, List<Double>>> seconds = new TreeMap<>();

  RoundSpread(List<TaskAttempt> attempts) {
    for (TaskAttempt attempt : attempts) {
      String end = attempt.finishedAt();
      if (attempt.assignment().isPart() && attempt.outcome() == Outcome.DONE && end != null) {
        seconds
            .computeIfAbsent(attempt.stage(), stage -> new TreeMap<>())
            .computeIfAbsent(attempt.round(), round -> new ArrayList<>())
            .add(seconds(attempt.startedAt(), end));
      }
    }
  }

  private static double seconds(String from, String to) {
    return Duration.between(Instant.parse(from), Instant.parse(to)).toMillis() / 1000.0;
  }

  /** What the workers of an attempt's round took, in words. */
  String of(TaskAttempt attempt) {
    List<Double> workers =
        seconds.getOrDefault(attempt.stage(), Map.of()).getOrDefault(attempt.round(), List.of());
    return workers.isEmpty()
        ? "no worker of the round is done"
        : "the round's workers took "
            + Quantities.duration(least(workers))
            + " to "
            + Quantities.duration(most(workers));
  }

  /** A table of the stages that were trained in rounds, or nothing. */
  String html() {
    if (seconds.isEmpty()) {
      return "";
    }
    var rows = new StringBuilder();
    seconds.forEach((stage, rounds) -> rows.append(row(stage, rounds.values())));
    return "<div class=\"scroll\"><table class=\"rounds\">\n"
        + "<thead><tr><th>Stage in rounds</th><th>Rounds</th><th>Slowest worker</th>"
        + "<th>Fastest worker</th><th>Waiting for the slowest</th></tr></thead>\n<tbody>\n"
        + rows
        + "</tbody></table></div>";
  }

  private static String row(String stage, Iterable<List<Double>> rounds) {
    int count = 0;
    double slowest = 0;
    double fastest = 0;
    double waiting = 0;
    for (List<Double> workers : rounds) {
      count++;
      slowest += most(workers);
      fastest += least(workers);
      waiting +=
          most(workers) - workers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }
    return "<tr>"
        + Html.cell(stage)
        + Html.numberCell(String.format(Locale.ROOT, "%,d", count))
        + Html.numberCell(Quantities.duration(slowest / count))
        + Html.numberCell(Quantities.duration(fastest / count))
        + Html.numberCell(Quantities.percent(slowest == 0 ? 0 : waiting / slowest))
        + "</tr>\n";
  }

  private static double most(List<Double> seconds) {
    return seconds.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  private static double least(List<Double> seconds) {
    return seconds.stream().mapToDouble(Double::doubleValue).min().orElse(0);
  }
}
