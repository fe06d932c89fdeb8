package io.deepincubation.spark.report;

import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All measures of the whole networks of a run, and of hybrid ones whose modules' weights were
 * chosen, on the test split.
 */
final class MeasuresTable {

  private final List<StageResult> results;

  MeasuresTable(List<StageResult> results) {
    this.results =
        results.stream()
            .filter(result -> result.moduleIndex() == null || result.choice() != null)
            .filter(result -> result.metrics() != null)
            .toList();
  }

  String html() {
    Set<String> names = names();
    if (names.isEmpty()) {
      return "<p>Nothing was measured but accuracy.</p>";
    }
    boolean validated = results.stream().anyMatch(result -> result.validation() != null);
    boolean chosen = results.stream().anyMatch(result -> result.choice() != null);
    String head =
        Html.headerCell("Stage")
            + names.stream()
                .map(Metrics::title)
                .map(Html::numberHeaderCell)
                .collect(Collectors.joining())
            + (validated ? Html.numberHeaderCell(onValidation()) : "")
            + (chosen ? Html.headerCell("Weights") : "");
    return Html.table(
        "measures", head, results.stream().map(result -> row(result, names, validated, chosen)));
  }

  /** In their order; none where there is no more than the primary one. */
  private Set<String> names() {
    Set<String> names =
        results.stream()
            .flatMap(result -> metrics(result).stream())
            .flatMap(metrics -> metrics.values().keySet().stream())
            .filter(name -> !name.startsWith("head."))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return names.size() > 1 ? names : Set.of();
  }

  private String onValidation() {
    return results.stream()
        .flatMap(result -> metrics(result).stream())
        .map(metrics -> Metrics.title(metrics.primary()) + " on val")
        .findFirst()
        .orElse("On val");
  }

  private static Optional<Metrics> metrics(StageResult result) {
    return Optional.ofNullable(result.metrics());
  }

  private static String row(
      StageResult result, Set<String> names, boolean validated, boolean chosen) {
    Optional<Metrics> validation = Optional.ofNullable(result.validation());
    return Html.cell(result.stage())
        + names.stream()
            .map(
                name ->
                    metrics(result)
                        .map(metrics -> metrics.values().get(name))
                        .map(value -> Metrics.text(name, value))
                        .orElse("–"))
            .map(Html::numberCell)
            .collect(Collectors.joining())
        + (validated
            ? Html.numberCell(validation.map(m -> Metrics.text(m.primary(), m.value())).orElse("–"))
            : "")
        + (chosen ? Html.cell(weights(result)) : "");
  }

  private static String weights(StageResult result) {
    Choice choice = result.choice();
    if (choice == null) {
      return result.steps() == 0 ? "–" : "the last";
    }
    return Html.format(
        "of step %,d: best %s%s",
        choice.step(),
        Metrics.title(choice.metric()),
        choice.stoppedEarly()
            ? Html.format("; stopped at %,d of %,d", result.steps(), choice.plannedSteps())
            : "");
  }
}
