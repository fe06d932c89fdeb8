package io.deepincubation.spark.cli;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.incubation.IncubationReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Results in words and columns. */
final class Results {

  private static final List<String> FLOP_UNITS =
      List.of("FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP");

  private Results() {}

  /** The stages of a run in the order in which they ran. */
  static List<StageResult> inOrder(IncubationReport report) {
    var stages = new ArrayList<StageResult>();
    stages.add(report.meta());
    stages.addAll(report.modules());
    stages.add(report.assembled());
    stages.add(report.tuned());
    return List.copyOf(stages);
  }

  /** One line a stage. */
  static List<String> table(List<StageResult> results) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("stage", "top-1", "images", "training", "seconds"));
    for (StageResult result : results) {
      rows.add(
          List.of(
              result.stage(),
              result.measuredAccuracy().map(Results::percent).orElse("-"),
              String.format(Locale.ROOT, "%,d", result.images()),
              flops(result.trainingFlops()),
              String.format(Locale.ROOT, "%.1f", result.seconds())));
    }
    return columns(rows);
  }

  /** Cells in columns as wide as they need, the first flush left, the others flush right. */
  static List<String> columns(List<List<String>> rows) {
    int[] widths = widths(rows);
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  /** Cells in columns as wide as they need, all flush left, the last as long as it is. */
  static List<String> textColumns(List<List<String>> rows) {
    int[] widths = widths(rows);
    return rows.stream()
        .map(
            row ->
                IntStream.range(0, row.size())
                    .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
                    .collect(Collectors.joining("   "))
                    .stripTrailing())
        .toList();
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String gap = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + gap : "   " + gap + row.get(i));
    }
    return line.toString();
  }

  /** A share of 1, with one digit. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Bytes in mebibytes. */
  static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MiB", bytes / (double) (1 << 20));
  }

  /** A time in the units that people plan by. */
  static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 600
        ? whole + " s"
        : whole < 36_000
            ? whole / 60 + " min"
            : String.format(Locale.ROOT, "%.1f h", whole / 3600.0);
  }

  /** Operations with three digits. */
  static String flops(double flops) {
    int unit = 0;
    double rest = flops;
    while (rest >= 999.5 && unit < FLOP_UNITS.size() - 1) {
      rest /= 1000;
      unit++;
    }
    String digits = rest >= 99.95 || rest == 0 ? "%.0f %s" : rest >= 9.995 ? "%.1f %s" : "%.2f %s";
    return String.format(Locale.ROOT, digits, rest, FLOP_UNITS.get(unit));
  }
}
