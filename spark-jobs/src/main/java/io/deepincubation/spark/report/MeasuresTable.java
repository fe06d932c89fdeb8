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
            "measures", head, results.stream().map(result -> row(result, names, validated, chosen)))
        + note(names);
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

  /** What the measures are. */
  private static String note(Set<String> names) {
    String where =
        "Of whole networks, and of hybrid ones whose weights were chosen, on the test split. ";
    return Html.note(where + told(names));
  }

  private static String told(Set<String> names) {
    if (names.contains(Metrics.MEAN_IOU)) {
      return "mIoU and mAcc are means over the classes, of the overlap of their pixels and of the"
          + " share of them that is found; aAcc is the share of all pixels that is right.";
    }
    return names.contains(Metrics.AP)
        ? "AP is COCO's average precision, of boxes (b) and masks (m): over the classes and over"
            + " ten overlaps that count as found, 0.5 to 0.95; of 0.5 and 0.75 alone; and of"
            + " small, medium and large objects."
        : "Precision, recall and F1 are means over the classes that have images; log loss is in"
            + " natural logarithms; ECE is the expected calibration error in 15 bins of equal"
            + " width.";
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
