package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.CellStage;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.text.Quantities;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every training of a comparison, folded away. */
final class ComparisonTrainings {

  private final List<Row> rows;
  private final String measure;

  ComparisonTrainings(Comparison comparison) {
    rows = comparison.rows();
    measure = comparison.measureHeading();
  }

  String html() {
    long done = rows.stream().mapToLong(row -> row.done().size()).sum();
    long all = rows.stream().mapToLong(row -> row.cells().size()).sum();
    return "<details><summary>"
        + Html.format("%,d %s, %,d done", all, all == 1 ? "training" : "trainings", done)
        + "</summary>\n"
        + Html.table("trainings", head(), rows.stream().flatMap(ComparisonTrainings::trainings))
        + "\n</details>";
  }

  private String head() {
    return Html.headerCell("Way to train")
        + Html.numberHeaderCell("Seed")
        + Html.numberHeaderCell(measure)
        + Html.headerCell("Epochs")
        + Html.numberHeaderCell("Planned cost")
        + Html.numberHeaderCell("Computed cost")
        + Html.numberHeaderCell("Deviation")
        + Html.numberHeaderCell("Task time")
        + Html.headerCell("Folder");
  }

  private static Stream<String> trainings(Row row) {
    return row.cells().stream().map(cell -> training(row, cell));
  }

  private static String training(Row row, Cell cell) {
    return Html.nameCell(row.label())
        + Html.numberCell(Long.toString(cell.seed()))
        + Html.numberCell(top1(cell))
        + Html.cell(epochs(cell))
        + Html.numberCell(Quantities.flops(cell.plannedFlops()))
        + Html.numberCell(Quantities.flops(cell.computedFlops()))
        + Html.numberCell(deviation(cell))
        + Html.numberCell(Quantities.duration(cell.seconds()))
        + Html.cell(cell.folder());
  }

  private static String top1(Cell cell) {
    return Optional.ofNullable(cell.top1())
        .map(Quantities::percent)
        .orElse(cell.failure() == null ? "not done" : "failed");
  }

  /** Of stages that trained, those of modules together: {@code meta 45, modules 4 × 22}. */
  private static String epochs(Cell cell) {
    Map<String, List<CellStage>> groups =
        cell.stages().stream()
            .filter(stage -> stage.epochs() > 0)
            .collect(
                Collectors.groupingBy(
                    ComparisonTrainings::group, LinkedHashMap::new, Collectors.toList()));
    return groups.isEmpty()
        ? "–"
        : groups.entrySet().stream()
            .map(group -> group.getKey() + " " + epochs(group.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String group(CellStage stage) {
    return Stages.isModule(stage.name())
        ? stage.name().substring(0, stage.name().lastIndexOf('/'))
        : stage.name();
  }

  private static String epochs(List<CellStage> stages) {
    Map<Integer, Long> counts =
        stages.stream()
            .collect(Collectors.groupingBy(CellStage::epochs, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(count -> times(count.getValue()) + count.getKey())
        .collect(Collectors.joining(" + "));
  }

  private static String times(long stages) {
    return stages == 1 ? "" : stages + " × ";
  }

  private static String deviation(Cell cell) {
    return cell.plannedFlops() > 0 && cell.isDone()
        ? ComparisonFacts.deviation(cell.computedFlops() / cell.plannedFlops() - 1)
        : "–";
  }
}
