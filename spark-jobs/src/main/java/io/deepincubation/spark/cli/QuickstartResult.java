package io.deepincubation.spark.cli;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Deep Incubation beside end-to-end training, and whether the difference means anything. */
final class QuickstartResult {

  /**
   * The comparison in numbers.
   *
   * @param deepIncubation top-1, 0 to 1
   * @param endToEnd top-1, 0 to 1
   * @param difference of the two
   * @param margin half the width of the difference's 95 % interval, from the test images alone
   * @param deepIncubationFlops operations of training that were computed
   * @param endToEndFlops the same
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

  private final List<StageResult> stages;
  private final Comparison comparison;

  /**
   * Takes what was trained.
   *
   * @param stages of both methods
   * @param comparison of Deep Incubation, the first row, and end-to-end training by one seed
   */
  QuickstartResult(List<StageResult> stages, Comparison comparison) {
    this.stages = List.copyOf(stages);
    this.comparison = comparison;
  }

  /** All stages, the baseline last. */
  List<StageResult> stages() {
    return stages;
  }

  Facts facts() {
    Cell ours = cell(0);
    Cell theirs = cell(1);
    Pair pair = comparison.pairs().get(0);
    return new Facts(
        top1(ours),
        top1(theirs),
        pair.difference().mean(),
        pair.difference().margin(),
        ours.computedFlops(),
        theirs.computedFlops(),
        comparison.testImages());
  }

  private Cell cell(int row) {
    return comparison.rows().get(row).cells().get(0);
  }

  private static double top1(Cell cell) {
    Double top1 = cell.top1();
    if (top1 == null) {
      throw new IllegalStateException(
          "Cannot compare: expected a trained model, got none: " + cell.failure());
    }
    return top1;
  }

  /** A table of the stages, one of the methods, and a sentence. */
  List<String> lines() {
    var lines = new ArrayList<>(Results.table(stages));
    lines.add("");
    lines.addAll(methods());
    lines.add("");
    lines.add(new ComparisonTable(comparison).sentence(comparison.pairs().get(0)));
    lines.add(
        String.format(
            Locale.ROOT,
            "on %,d test images, the same for both; +- is by chance of the images alone.",
            comparison.testImages()));
    return List.copyOf(lines);
  }

  private List<String> methods() {
    return Results.columns(
        List.of(List.of("method", "top-1", "training", "task seconds"), row(0), row(1)));
  }

  private List<String> row(int row) {
    Cell cell = cell(row);
    return List.of(
        comparison.rows().get(row).label(),
        Quantities.percent(top1(cell)),
        Quantities.flops(cell.computedFlops()),
        String.format(Locale.ROOT, "%.0f", cell.seconds()));
  }
}
