package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Which rows of a comparison go on one line: those of one method whose other values are the same.
 */
final class ComparisonLines {

  private static final String EPOCHS = "epochs";

  private final Comparison comparison;

  ComparisonLines(Comparison comparison) {
    this.comparison = comparison;
  }

  /** Whether rows go by a number. */
  boolean isOrdered() {
    return !comparison.axis().isEmpty()
        && comparison.rows().stream().anyMatch(row -> row.x() != null);
  }

  /** Whether rows go by how long all stages are trained, so by their cost (Fig. 4). */
  boolean goByCost() {
    return isOrdered() && comparison.axis().equals(Comparison.ALL_EPOCHS);
  }

  /** Numbers along the axis in words: {@code model.depth 8}, {@code 0.5 times the epochs}. */
  String at(String numbers) {
    return goByCost() ? numbers + " times the epochs" : comparison.axis() + " " + numbers;
  }

  /** The rows of each line, by the line's name, in the order of their first ones. */
  Map<String, List<Row>> rows() {
    Map<String, List<Row>> lines = new LinkedHashMap<>();
    comparison
        .rows()
        .forEach(row -> lines.computeIfAbsent(name(row), n -> new ArrayList<>()).add(row));
    return lines;
  }

  /** The method, and the values that are not the axis and not the same in all rows. */
  String name(Row row) {
    return row.values().entrySet().stream()
        .filter(value -> !isOfAxis(value.getKey()) && !isEverywhere(value))
        .sorted(Entry.comparingByKey())
        .map(value -> ", " + value.getKey() + " " + value.getValue())
        .collect(Collectors.joining("", row.methodTitle(), ""));
  }

  private boolean isOfAxis(String key) {
    return key.equals(comparison.axis())
        || (comparison.axis().equals(Comparison.ALL_EPOCHS) && key.endsWith(EPOCHS));
  }

  private boolean isEverywhere(Entry<String, String> value) {
    return comparison.rows().stream()
        .allMatch(row -> Objects.equals(row.values().get(value.getKey()), value.getValue()));
  }
}
