package io.deepincubation.spark.report;

import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.training.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which attempt ran where and when, workers' parts of rounds and what came to nothing included;
 * what ran side by side in one process gets slots of its own.
 */
final class Timeline {

  /**
   * One attempt's place.
   *
   * @param span what ran
   * @param slot its row among those of its process, from 0
   * @param start share of the whole time that had passed when it started, 0 to 1
   * @param length its share of the whole time, 0 to 1
   */
  record Task(Span span, int slot, double start, double length) {}

  /**
   * An attempt.
   *
   * @param stage the stage's name
   * @param process host and executor
   * @param committed whether the stage's result is this attempt's, or counts in it
   * @param label short, for a bar
   * @param title all that is known
   * @param from its start
   * @param to its end, as far as it is known
   */
  record Span(
      String stage,
      String process,
      boolean committed,
      String label,
      String title,
      Instant from,
      Instant to) {}

  private final Map<String, List<MetricsLine>> metrics;
  private final RoundSpread spread;
  private final Instant begin;
  private final Instant end;
  private final Map<String, List<Task>> byProcess = new TreeMap<>();

  Timeline(
      List<StageResult> results,
      List<TaskAttempt> attempts,
      Map<String, List<MetricsLine>> metrics) {
    this.metrics = metrics;
    spread = new RoundSpread(attempts);
    Instant last =
        Stream.concat(
                results.stream().map(StageResult::finishedAt),
                attempts.stream().map(TaskAttempt::startedAt))
            .map(Instant::parse)
            .max(Comparator.naturalOrder())
            .orElse(Instant.EPOCH);
    List<Span> spans =
        Stream.concat(
                results.stream().map(Timeline::span),
                attempts.stream()
                    .filter(
                        attempt ->
                            attempt.outcome() != Outcome.DONE || attempt.assignment().isPart())
                    .filter(attempt -> !runsOn(attempt, results))
                    .map(attempt -> span(attempt, last)))
            .sorted(Comparator.comparing(Span::from).thenComparing(Span::stage))
            .toList();
    begin = spans.stream().map(Span::from).min(Comparator.naturalOrder()).orElse(last);
    end = spans.stream().map(Span::to).max(Comparator.naturalOrder()).orElse(last);
    Map<String, List<Instant>> freeAt = new TreeMap<>();
    spans.forEach(
        span -> place(span, freeAt.computeIfAbsent(span.process(), p -> new ArrayList<>())));
  }

  /** Whether an attempt only seems to run, since its stage is committed. */
  private static boolean runsOn(TaskAttempt attempt, List<StageResult> results) {
    return attempt.outcome() == Outcome.RUNNING
        && results.stream().anyMatch(result -> result.stage().equals(attempt.stage()));
  }

  private static Span span(StageResult result) {
    String attempt = result.attempt() == 0 ? "" : ", attempt " + (result.attempt() + 1);
    String resumed = result.resumedFromStep() == 0 ? "" : ", from step " + result.resumedFromStep();
    String label = result.stage() + attempt + resumed;
    String title =
        String.join(
            ", ", label, Quantities.duration(result.seconds()), result.device(), memory(result));
    return new Span(
        result.stage(),
        process(result.host(), result.executor()),
        true,
        label,
        title,
        Instant.parse(result.startedAt()),
        Instant.parse(result.finishedAt()));
  }

  private static String memory(StageResult result) {
    return Html.bytes(result.memory().processBytes()) + " of memory";
  }

  private Span span(TaskAttempt attempt, Instant last) {
    Instant from = Instant.parse(attempt.startedAt());
    boolean done = attempt.outcome() == Outcome.DONE;
    String label = attempt.assignment().inWords();
    if (!done) {
      label += ", attempt " + (attempt.attempt() + 1) + " " + came(attempt);
    }
    String title = attempt.reason().isEmpty() ? label : label + ": " + attempt.reason();
    return new Span(
        attempt.stage(),
        process(attempt.host(), attempt.executor()),
        done,
        label,
        attempt.assignment().isPart() ? title + "; " + spread.of(attempt) : title,
        from,
        finish(attempt, from, last));
  }

  /** What came of an attempt, in a word. */
  static String came(TaskAttempt attempt) {
    return switch (attempt.outcome()) {
      case RUNNING -> "running";
      case DONE -> "done";
      case FAILED -> "failed";
      case STOPPED -> "stopped";
      case LOST -> "lost";
    };
  }

  private Instant finish(TaskAttempt attempt, Instant from, Instant last) {
    if (attempt.outcome() == Outcome.LOST) {
      return lastHeard(attempt, from);
    }
    return Optional.ofNullable(attempt.finishedAt()).map(Instant::parse).orElse(last);
  }

  /** Nobody saw the end of a lost attempt: it is drawn to the last metrics that it left. */
  private Instant lastHeard(TaskAttempt attempt, Instant from) {
    Instant heard = from;
    for (MetricsLine line : metrics.getOrDefault(attempt.stage(), List.of())) {
      if (line.event() != null && Instant.parse(line.time()).isAfter(from)) {
        break;
      }
      heard = Instant.parse(line.time());
    }
    return heard.isBefore(from) ? from : heard;
  }

  private static String process(String host, String executor) {
    return executor.equals(Attempt.DRIVER) ? host + ", driver" : host + ", executor " + executor;
  }

  private void place(Span span, List<Instant> freeAt) {
    int slot = 0;
    while (slot < freeAt.size() && freeAt.get(slot).isAfter(span.from())) {
      slot++;
    }
    if (slot == freeAt.size()) {
      freeAt.add(span.to());
    } else {
      freeAt.set(slot, span.to());
    }
    byProcess
        .computeIfAbsent(span.process(), process -> new ArrayList<>())
        .add(
            new Task(
                span,
                slot,
                share(Duration.between(begin, span.from())),
                share(Duration.between(span.from(), span.to()))));
  }

  private double share(Duration part) {
    return (double) part.toMillis() / Math.max(1, length().toMillis());
  }

  /** From the first start to the last end. */
  Duration length() {
    return Duration.between(begin, end);
  }

  /** The attempts of each process, by start. */
  Map<String, List<Task>> byProcess() {
    return byProcess;
  }
}
