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
import org.jspecify.annotations.Nullable;

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

  /** A line for each training; behind what all comparisons have the other measures of this one. */
  static String csv(Comparison comparison) {
    List<String> others = comparison.otherMeasures();
    var lines = new ArrayList<List<String>>();
    var head =
        new ArrayList<>(
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
    head.addAll(others);
    lines.add(head);
    for (Comparison.Row row : comparison.rows()) {
      row.cells().forEach(cell -> lines.add(line(row, cell, others)));
    }
    return lines.stream().map(ComparisonFiles::line).collect(Collectors.joining());
  }

  private static List<String> line(Comparison.Row row, Comparison.Cell cell, List<String> others) {
    String values =
        row.values().entrySet().stream()
            .map(value -> value.getKey() + "=" + value.getValue())
            .sorted()
            .collect(Collectors.joining("; "));
    var line =
        new ArrayList<>(
            List.of(
                row.label(),
                row.method(),
                values,
                Long.toString(cell.seed()),
                number(cell.top1()),
                flops(cell.plannedFlops()),
                flops(cell.computedFlops()),
                flops(cell.nominalFlops()),
                String.format(Locale.ROOT, "%.1f", cell.seconds()),
                String.format(Locale.ROOT, "%.1f", cell.longestPath()),
                cell.folder(),
                cell.failure() == null ? "" : cell.failure()));
    others.forEach(name -> line.add(number(cell.measures().get(name))));
    return line;
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : value.toString();
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
