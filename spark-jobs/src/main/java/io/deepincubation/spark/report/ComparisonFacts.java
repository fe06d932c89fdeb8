package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.text.Quantities;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** On what a comparison stands: data, recipe, seeds, and how cost was made equal. */
final class ComparisonFacts {

  private static final int DIGITS = 12;

  private final Comparison comparison;

  ComparisonFacts(Comparison comparison) {
    this.comparison = comparison;
  }

  Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Recipe", comparison.recipe());
    facts.put("Data", comparison.dataUri() + digest(comparison.dataDigest()));
    facts.put("Samples", images());
    facts.put("Seeds", seeds());
    facts.put("Cost", cost());
    return facts;
  }

  /** The digest's beginning, enough to tell sets apart. */
  private static String digest(String sha256) {
    return sha256.isEmpty()
        ? ""
        : " (SHA-256 " + sha256.substring(0, Math.min(DIGITS, sha256.length())) + "…)";
  }

  private String images() {
    return Quantities.count(comparison.trainImages())
        + " to train on, "
        + Quantities.count(comparison.testImages())
        + " to measure on";
  }

  private String seeds() {
    List<String> seeds =
        comparison.rows().stream()
            .flatMap(row -> row.cells().stream())
            .map(Cell::seed)
            .distinct()
            .sorted()
            .map(String::valueOf)
            .toList();
    return switch (seeds.size()) {
      case 0 -> "none";
      case 1 -> "one seed, " + seeds.get(0);
      default -> seeds.size() + " seeds: " + String.join(", ", seeds);
    };
  }

  private String cost() {
    List<Row> equal = comparison.rows().stream().filter(row -> row.budget() != null).toList();
    if (equal.isEmpty()) {
      return "as each way to train comes by itself, not made equal";
    }
    int others = comparison.rows().size() - equal.size();
    return "epochs were chosen so that a training computes "
        + budgets(equal)
        + real(equal)
        + (others == 0 ? "" : "; " + others + " of the ways to train as they come");
  }

  private static String budgets(List<Row> rows) {
    List<String> budgets =
        rows.stream()
            .map(row -> Objects.requireNonNull(row.budget()))
            .sorted()
            .map(Quantities::flops)
            .distinct()
            .toList();
    return budgets.size() <= 4
        ? ComparisonSummary.listed(budgets).replace(" and ", " or ")
        : budgets.get(0) + " to " + budgets.get(budgets.size() - 1);
  }

  /** How far the trainings' real cost is from what they were to take. */
  private static String real(List<Row> rows) {
    DoubleSummaryStatistics shares =
        rows.stream()
            .flatMapToDouble(
                row ->
                    row.done().stream()
                        .mapToDouble(
                            cell ->
                                cell.computedFlops() / Objects.requireNonNull(row.budget()) - 1))
            .filter(Double::isFinite)
            .summaryStatistics();
    return shares.getCount() == 0
        ? ""
        : " (in fact " + deviation(shares.getMin()) + " to " + deviation(shares.getMax()) + ")";
  }

  /** A share more or less: {@code +0.4 %}. */
  static String deviation(double share) {
    return Quantities.points(share) + " %";
  }
}
