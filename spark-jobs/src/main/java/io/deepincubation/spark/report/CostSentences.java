package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.CostRatio;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What one method costs for another's best accuracy, in words. */
public final class CostSentences {

  private final Comparison comparison;

  /** Of a comparison. */
  public CostSentences(Comparison comparison) {
    this.comparison = comparison;
  }

  String html() {
    return sentences().stream()
        .map(sentence -> "<p>" + Html.escaped(sentence) + "</p>\n")
        .collect(Collectors.joining());
  }

  /** One for each ratio. */
  public List<String> sentences() {
    return comparison.costRatios().stream().map(this::sentence).toList();
  }

  private String sentence(CostRatio cost) {
    return Optional.ofNullable(cost.ratio())
        .map(
            ratio ->
                Html.format(
                    "For the best accuracy of %s, %s costs %s%s times as much as %s (%d seeds).",
                    cost.other(),
                    cost.other(),
                    cost.atLeast() ? "at least " : "",
                    Estimates.ratio(ratio),
                    cost.method(),
                    ratio.seeds()))
        .orElseGet(() -> withoutRatio(cost));
  }

  private String withoutRatio(CostRatio cost) {
    String best = "The best accuracy of " + cost.other() + " was ";
    String by = " by " + cost.method();
    long seeds = seeds(cost.method());
    if (cost.reached() == 0) {
      return best + "not reached" + by + ".";
    }
    return cost.reached() < seeds
        ? Html.format("%snot reached%s with every seed: %d of %d.", best, by, cost.reached(), seeds)
        : best + "reached" + by + ", but with one seed a ratio of costs has no interval.";
  }

  private long seeds(String methodTitle) {
    return comparison.rows().stream()
        .filter(row -> row.methodTitle().equals(methodTitle))
        .flatMap(row -> row.cells().stream())
        .mapToLong(Comparison.Cell::seed)
        .distinct()
        .count();
  }
}
