package io.deepincubation.spark.cli;

import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Deep Incubation beside end-to-end training, and whether the difference means anything. */
final class Comparison {

  /** Standard errors on each side of an interval that holds the truth 95 times in 100. */
  private static final double CONFIDENCE = 1.96;

  /**
   * The comparison in numbers.
   *
   * @param deepIncubation top-1, 0 to 1
   * @param endToEnd top-1, 0 to 1
   * @param difference of the two
   * @param margin half the width of the difference's 95 % interval, from the number of test images
   *     alone
   * @param deepIncubationFlops of training
   * @param endToEndFlops of training
   * @param testImages that both were measured on
   */
  record Facts(
      double deepIncubation,
      double endToEnd,
      double difference,
      double margin,
      double deepIncubationFlops,
      double endToEndFlops,
      int testImages) {}

  private final IncubationReport report;
  private final StageResult endToEnd;
  private final int testImages;

  Comparison(IncubationReport report, StageResult endToEnd, int testImages) {
    this.report = report;
    this.endToEnd = endToEnd;
    this.testImages = testImages;
  }

  /** All stages, the baseline last. */
  List<StageResult> stages() {
    var stages = new ArrayList<>(report.stages());
    stages.add(endToEnd);
    return List.copyOf(stages);
  }

  Facts facts() {
    double ours = report.model().measuredAccuracy().orElse(0.0);
    double theirs = endToEnd.measuredAccuracy().orElse(0.0);
    double margin = CONFIDENCE * Math.sqrt((variance(ours) + variance(theirs)) / testImages);
    return new Facts(
        ours,
        theirs,
        ours - theirs,
        margin,
        report.trainingFlops(),
        endToEnd.trainingFlops(),
        testImages);
  }

  private static double variance(double share) {
    return share * (1 - share);
  }

  /** A table of the stages, one of the methods, and a sentence. */
  List<String> lines() {
    var lines = new ArrayList<>(Results.table(stages()));
    lines.add("");
    lines.addAll(methods());
    lines.add("");
    lines.addAll(verdict(facts()).lines().toList());
    return List.copyOf(lines);
  }

  private List<String> methods() {
    Facts facts = facts();
    double seconds = report.stages().stream().mapToDouble(StageResult::seconds).sum();
    return Results.columns(
        List.of(
            List.of("method", "top-1", "training", "task seconds"),
            row("Deep Incubation", facts.deepIncubation(), facts.deepIncubationFlops(), seconds),
            row("end to end", facts.endToEnd(), facts.endToEndFlops(), endToEnd.seconds())));
  }

  private static List<String> row(String method, double accuracy, double flops, double seconds) {
    return List.of(
        method,
        Quantities.percent(accuracy),
        Quantities.flops(flops),
        String.format(Locale.ROOT, "%.0f", seconds));
  }

  /** What may be said of the difference. */
  static String verdict(Facts facts) {
    String chance =
        String.format(
            Locale.ROOT,
            "%,d test images, one seed: +-%.1f points by chance",
            facts.testImages(),
            100 * facts.margin());
    double points = 100 * facts.difference();
    if (Math.abs(facts.difference()) <= facts.margin()) {
      return String.format(
          Locale.ROOT,
          "No clear difference at equal training cost: Deep Incubation is %+.1f points from end to"
              + " end\n(%s).",
          points,
          chance);
    }
    return String.format(
        Locale.ROOT,
        "Deep Incubation is %.1f points %s than end-to-end training at equal training cost\n(%s).",
        Math.abs(points),
        points > 0 ? "better" : "worse",
        chance);
  }
}
