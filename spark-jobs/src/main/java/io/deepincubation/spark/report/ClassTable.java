package io.deepincubation.spark.report;

import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.text.Quantities;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Precision, recall and F1 of each class by the trained models of a run. */
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
            + Html.numberHeaderCell("Images")
            + models.entrySet().stream()
                .map(model -> head(model.getKey(), model.getValue()))
                .collect(Collectors.joining());
    String note =
        classes > MOST_CLASSES
            ? Html.note(
                Html.format("The %d classes of the lowest F1, of %,d.", MOST_CLASSES, classes))
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
            .sorted(Comparator.comparing(label -> first().f1().get(label)))
            .limit(MOST_CLASSES)
            .mapToInt(Integer::intValue);
  }

  private String head(String title, ClassMeasures classes) {
    String prefix = models.size() == 1 ? "" : title + ": ";
    return Html.numberHeaderCell(prefix + (prefix.isEmpty() ? "Precision" : "precision"))
        + Html.numberHeaderCell(prefix.isEmpty() ? "Recall" : "recall")
        + Html.numberHeaderCell("F1")
        + (classes.averagePrecision() == null ? "" : Html.numberHeaderCell("AP"));
  }

  private String row(int label) {
    return Html.cell(label < classNames.size() ? classNames.get(label) : Integer.toString(label))
        + Html.numberCell(Quantities.count(first().images().get(label)))
        + models.values().stream()
            .map(classes -> cells(classes, label))
            .collect(Collectors.joining());
  }

  private static String cells(ClassMeasures classes, int label) {
    List<Double> averagePrecision = classes.averagePrecision();
    return share(classes.precision(), label)
        + share(classes.recall(), label)
        + share(classes.f1(), label)
        + (averagePrecision == null ? "" : share(averagePrecision, label));
  }

  private static String share(List<Double> values, int label) {
    return Html.numberCell(Quantities.percent(values.get(label)));
  }
}
