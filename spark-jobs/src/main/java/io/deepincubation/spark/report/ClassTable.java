package io.deepincubation.spark.report;

import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the trained models of a run are worth class by class. */
final class ClassTable {

  private static final int MOST_CLASSES = 100;

  /** By the methods' titles. */
  private final Map<String, ClassMeasures> models = new LinkedHashMap<>();

  private final List<String> classNames;

  ClassTable(List<StageResult> results, ReportFacts facts) {
    classNames = facts.classNames();
    for (MethodStages method : facts.methods()) {
      for (StageResult result : results) {
        ClassMeasures classes = result.classes();
        if (result.stage().equals(method.model()) && classes != null) {
          models.putIfAbsent(method.title(), classes);
        }
      }
    }
  }

  String html() {
    if (models.isEmpty()) {
      return "<p>No trained model has been measured class by class.</p>";
    }
    int classes = first().images().size();
    String head =
        Html.headerCell("Class")
            + Html.numberHeaderCell("Samples")
            + models.entrySet().stream()
                .map(model -> head(model.getKey(), model.getValue()))
                .collect(Collectors.joining());
    String note =
        classes > MOST_CLASSES
            ? Html.note(
                Html.format(
                    "The %d classes of the lowest %s, of %,d.",
                    MOST_CLASSES, first().overlap() == null ? "F1" : "IoU", classes))
            : "";
    return Html.table("classes", head, shown(classes).mapToObj(this::row)) + note;
  }

  private ClassMeasures first() {
    return models.values().iterator().next();
  }

  private IntStream shown(int classes) {
    return classes <= MOST_CLASSES
        ? IntStream.range(0, classes)
        : IntStream.range(0, classes)
            .boxed()
            .sorted(Comparator.comparing(label -> first().f1().get(label))) // As IoU orders them
            .limit(MOST_CLASSES)
            .mapToInt(Integer::intValue);
  }

  private String head(String title, ClassMeasures classes) {
    return classes.columns().keySet().stream()
        .map(
            column ->
                Html.numberHeaderCell(models.size() == 1 ? capital(column) : title + ": " + column))
        .collect(Collectors.joining());
  }

  private static String capital(String column) {
    return column.substring(0, 1).toUpperCase(Locale.ROOT) + column.substring(1);
  }

  private String row(int label) {
    return Html.cell(label < classNames.size() ? classNames.get(label) : Integer.toString(label))
        + Html.numberCell(Quantities.count(first().images().get(label)))
        + models.values().stream()
            .flatMap(classes -> classes.columns().values().stream())
            .map(values -> Html.numberCell(Quantities.percent(values.get(label))))
            .collect(Collectors.joining());
  }
}
