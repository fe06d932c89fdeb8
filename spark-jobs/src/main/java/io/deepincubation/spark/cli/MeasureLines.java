package io.deepincubation.spark.cli;

import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.Evaluation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Measures of a network as lines of text. */
final class MeasureLines {

  /** Classes that lines tell; the answer's JSON tells all. */
  private static final int MOST_CLASSES = 40;

  private MeasureLines() {}

  /** All measures, then a line for each class. */
  static List<String> of(Evaluation evaluation) {
    var lines = new ArrayList<String>();
    lines.add(evaluation.toString());
    lines.add(
        evaluation.metrics().values().entrySet().stream()
            .filter(measure -> !measure.getKey().equals(evaluation.metrics().primary()))
            .filter(measure -> !measure.getKey().equals(Metrics.UNANSWERED))
            .map(MeasureLines::text)
            .collect(Collectors.joining(", ")));
    lines.addAll(Results.columns(rows(evaluation.classNames(), evaluation.classes())));
    int left = evaluation.classNames().size() - MOST_CLASSES;
    if (left > 0) {
      lines.add(String.format(Locale.ROOT, "and %,d classes more: see --json", left));
    }
    if (evaluation.unanswered() > 0) {
      lines.add(
          Answer.WARNING
              + String.format(
                  Locale.ROOT,
                  "The network's outputs are no numbers for %,d images, which count as wrong",
                  evaluation.unanswered()));
    }
    return lines;
  }

  private static String text(Map.Entry<String, Double> measure) {
    return Metrics.title(measure.getKey())
        + " "
        + Metrics.text(measure.getKey(), measure.getValue());
  }

  private static List<List<String>> rows(List<String> names, ClassMeasures classes) {
    var rows = new ArrayList<List<String>>();
    var head = new ArrayList<>(List.of("class", "images"));
    head.addAll(classes.columns().keySet());
    rows.add(head);
    for (int i = 0; i < Math.min(MOST_CLASSES, names.size()); i++) {
      int label = i;
      var row = new ArrayList<>(List.of(names.get(i), Quantities.count(classes.images().get(i))));
      classes.columns().values().stream()
          .map(values -> Quantities.percent(values.get(label)))
          .forEach(row::add);
      rows.add(row);
    }
    return rows;
  }
}
