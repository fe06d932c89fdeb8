package io.deepincubation.spark.comparison;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.report.ComparisonPage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a comparison leaves in its folder beside the trainings. */
final class ComparisonFiles {

  static final String CSV = "comparison.csv";

  private final Storage storage;

  ComparisonFiles(Storage storage) {
    this.storage = storage;
  }

  void write(Comparison comparison) {
    write(Comparison.FILE, Json.pretty(comparison));
    write(CSV, csv(comparison).getBytes(StandardCharsets.UTF_8));
    write(SparkComparison.PAGE, ComparisonPage.html(comparison).getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] content) {
    storage.write(name, stream -> stream.write(content));
  }

  /** A line for each training. */
  static String csv(Comparison comparison) {
    var lines = new ArrayList<List<String>>();
    lines.add(
        List.of(
            "label",
            "method",
            "values",
            "seed",
            "top1",
            "planned_flops",
            "computed_flops",
            "nominal_flops",
            "seconds",
            "longest_path",
            "folder",
            "failure"));
    for (Comparison.Row row : comparison.rows()) {
      row.cells().forEach(cell -> lines.add(line(row, cell)));
    }
    return lines.stream().map(ComparisonFiles::line).collect(Collectors.joining());
  }

  private static List<String> line(Comparison.Row row, Comparison.Cell cell) {
    String values =
        row.values().entrySet().stream()
            .map(value -> value.getKey() + "=" + value.getValue())
            .sorted()
            .collect(Collectors.joining("; "));
    return List.of(
        row.label(),
        row.method(),
        values,
        Long.toString(cell.seed()),
        cell.top1() == null ? "" : cell.top1().toString(),
        flops(cell.plannedFlops()),
        flops(cell.computedFlops()),
        flops(cell.nominalFlops()),
        String.format(Locale.ROOT, "%.1f", cell.seconds()),
        String.format(Locale.ROOT, "%.1f", cell.longestPath()),
        cell.folder(),
        cell.failure() == null ? "" : cell.failure());
  }

  private static String flops(double flops) {
    return String.format(Locale.ROOT, "%.0f", flops);
  }

  private static String line(List<String> cells) {
    return cells.stream()
            .map(cell -> "\"" + cell.replace("\"", "\"\"") + "\"")
            .collect(Collectors.joining(","))
        + "\r\n";
  }
}
