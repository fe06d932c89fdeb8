package io.deepincubation.integration;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What two workers in rounds on two executors of one core gain over one worker on one, beside what
 * two processes without Spark reach on this machine, and how much of the rounds' time is not in
 * steps. For an idle machine of two cores; {@code docs/operations.md} tells the command.
 */
@EnabledIfSystemProperty(named = "deepincubation.benchmark", matches = "true")
class RoundsBenchmark {

  private static final int ROUNDS_OF_MEASURING = 3;

  /** A training of some minutes on one core; a round takes half a minute. */
  private static final List<String> VALUES =
      List.of(
          "model.depth=8",
          "model.width=192",
          "ema.decay=0",
          "end-to-end.epochs=16",
          "rounds.steps=40",
          "rounds.outer=average",
          "incubation.epochs=20",
          "incubation.best.metric=''",
          "incubation.best.min-delta=0",
          "incubation.best.patience=0");

  /** Modules that are incubated without Spark: two after the first, which loads libtorch. */
  private static final int IN_PROCESS = 3;

  @Test
  void printsRatios() {
    var speedUps = new ArrayList<Double>();
    var overheads = new ArrayList<Double>();
    try (var bed = new BenchmarkBed()) {
      for (int i = 0; i < ROUNDS_OF_MEASURING; i++) {
        bed.endToEnd("one-" + i, 1, VALUES);
        bed.endToEnd("two-" + i, 2, with("end-to-end.workers=2"));
        double one = secondsOf(bed.files("one-" + i));
        double two = secondsOf(bed.files("two-" + i));
        double steps =
            bed.files("two-" + i)
                .result(SmallRun.END_TO_END)
                .orElseThrow()
                .get("seconds")
                .getAsDouble();
        System.out.printf(
            Locale.ROOT, "one worker %.1f s, two %.1f s, %.1f s of it in steps%n", one, two, steps);
        speedUps.add(one / two);
        overheads.add(1 - steps / two);
      }
      List<Double> alone = BenchmarkBed.secondsOf(bed.startInProcess("alone", IN_PROCESS, VALUES));
      LocalProcess left = bed.startInProcess("left", IN_PROCESS, VALUES);
      LocalProcess right = bed.startInProcess("right", IN_PROCESS, VALUES);
      print("one executor : two executors", speedUps);
      print("share of the rounds' time outside steps", overheads);
      BenchmarkBed.printBound(
          alone, List.of(BenchmarkBed.secondsOf(left), BenchmarkBed.secondsOf(right)));
    }
  }

  private static List<String> with(String value) {
    return Stream.concat(VALUES.stream(), Stream.of(value)).toList();
  }

  /** From the begin of its first attempt to the end of the last one that trained. */
  private static double secondsOf(RunFiles run) {
    List<JsonObject> attempts = run.attempts();
    boolean inRounds = attempts.stream().anyMatch(one -> one.get("workers").getAsInt() > 1);
    List<JsonObject> training =
        attempts.stream().filter(one -> !inRounds || one.get("workers").getAsInt() > 1).toList();
    Instant begun =
        training.stream()
            .map(one -> at(one, "startedAt"))
            .min(Comparator.naturalOrder())
            .orElseThrow();
    Instant ended =
        training.stream()
            .map(one -> at(one, "finishedAt"))
            .max(Comparator.naturalOrder())
            .orElseThrow();
    return Duration.between(begun, ended).toMillis() / 1e3;
  }

  private static Instant at(JsonObject attempt, String key) {
    return Instant.parse(attempt.get(key).getAsString());
  }

  private static void print(String what, List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    System.out.printf(
        Locale.ROOT,
        "%s: median %.3f, from %.3f to %.3f%n",
        what,
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1));
  }
}
