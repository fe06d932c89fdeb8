package io.deepincubation.spark.cli;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.Pair;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.comparison.Comparison.Trend;
import io.deepincubation.core.comparison.Comparison.Verdict;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Estimate;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.report.CostSentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A comparison in lines: a table of the rows, one of the differences, and sentences. */
final class ComparisonTable {

  private final Comparison comparison;

  ComparisonTable(Comparison comparison) {
    this.comparison = comparison;
  }

  List<String> lines() {
    var lines = new ArrayList<>(Results.columns(rows()));
    if (!comparison.pairs().isEmpty()) {
      lines.add("");
      lines.addAll(Results.columns(pairs()));
      lines.add("");
      comparison.pairs().forEach(pair -> lines.add(sentence(pair)));
    }
    comparison.trends().forEach(trend -> lines.add(sentence(trend)));
    new CostSentences(comparison).sentences().forEach(lines::add);
    failures(lines);
    return lines;
  }

  private List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    var head = new ArrayList<>(List.of("training"));
    head.addAll(head(comparison.measure()));
    beside().forEach(name -> head.addAll(head(name)));
    head.addAll(List.of("computed", "nominal", "task seconds", "longest path", "seeds"));
    rows.add(head);
    comparison.rows().forEach(row -> rows.add(row(row)));
    return rows;
  }

  private static List<String> head(String measure) {
    return List.of(Metrics.title(measure), "+-", "between seeds");
  }

  private List<String> beside() {
    return Metrics.beside(comparison.measure());
  }

  private List<String> row(Row row) {
    var cells = new ArrayList<>(List.of(row.label()));
    cells.addAll(estimate(row.top1()));
    beside().forEach(name -> cells.addAll(estimate(row.measures().get(name))));
    cells.addAll(
        List.of(
            mean(row, Cell::computedFlops, Quantities::flops),
            mean(row, Cell::nominalFlops, Quantities::flops),
            mean(row, Cell::seconds, ComparisonTable::whole),
            mean(row, Cell::longestPath, ComparisonTable::whole),
            row.done().size() + "/" + row.cells().size()));
    return cells;
  }

  private static List<String> estimate(@Nullable Estimate share) {
    return share == null
        ? List.of("-", "-", "-")
        : List.of(Quantities.percent(share.mean()), points(share.margin()), points(share.spread()));
  }

  private static String points(@Nullable Double share) {
    return share == null ? "-" : String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static String mean(Row row, ToDoubleFunction<Cell> number, DoubleFunction<String> words) {
    OptionalDouble mean = row.mean(number);
    return mean.isPresent() ? words.apply(mean.getAsDouble()) : "-";
  }

  private static String whole(double seconds) {
    return String.format(Locale.ROOT, "%.0f", seconds);
  }

  private List<List<String>> pairs() {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("difference in points", "mean", "+-", "p after Holm", "seeds"));
    for (Pair pair : comparison.pairs()) {
      Estimate difference = pair.difference();
      rows.add(
          List.of(
              label(pair.row()) + " - " + label(pair.other()),
              String.format(Locale.ROOT, "%+.2f", 100 * difference.mean()),
              String.format(Locale.ROOT, "%.2f", 100 * difference.margin()),
              String.format(Locale.ROOT, "%.3f", pair.adjusted()),
              Integer.toString(difference.seeds())));
    }
    return rows;
  }

  private String label(int row) {
    return comparison.rows().get(row).label();
  }

  /** What may be said of a difference. */
  String sentence(Pair pair) {
    double points = 100 * pair.difference().mean();
    String margin =
        String.format(
            Locale.ROOT,
            " (+-%.1f, %s)",
            100 * pair.difference().margin(),
            seeds(pair.difference().seeds()));
    if (pair.verdict() == Verdict.UNCLEAR) {
      return String.format(
              Locale.ROOT,
              "No clear difference between %s and %s: %+.1f points",
              label(pair.row()),
              label(pair.other()),
              points)
          + margin;
    }
    return String.format(
            Locale.ROOT,
            "%s is %.1f points %s than %s",
            label(pair.row()),
            Math.abs(points),
            points > 0 ? "better" : "worse",
            label(pair.other()))
        + margin;
  }

  private static String seeds(int seeds) {
    return seeds == 1 ? "one seed" : seeds + " seeds";
  }

  private String sentence(Trend trend) {
    return String.format(
        Locale.ROOT,
        "From %s %.4g to %.4g the difference of %s and %s changes by %+.1f points (+-%.1f)",
        comparison.axis(),
        trend.from(),
        trend.to(),
        trend.method(),
        trend.other(),
        100 * trend.change().mean(),
        100 * trend.change().margin());
  }

  private void failures(List<String> lines) {
    for (Row row : comparison.rows()) {
      for (Cell cell : row.cells()) {
        if (cell.failure() != null) {
          lines.add(
              row.label()
                  + ", seed "
                  + cell.seed()
                  + " has not come to its end: "
                  + cell.failure());
        }
      }
    }
  }
}
