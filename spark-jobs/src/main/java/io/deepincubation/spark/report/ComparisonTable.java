package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.statistics.Estimate;
import io.deepincubation.core.text.Quantities;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ways to train with what came of them, and below why some trainings have no result. */
final class ComparisonTable {

  private static final String NONE = "–";

  private final List<Row> rows;
  private final String measure;
  private final List<String> others;

  ComparisonTable(Comparison comparison) {
    rows = comparison.rows();
    measure = comparison.measureHeading();
    others = comparison.otherMeasures();
  }

  String html() {
    return Html.table("ways", head(), rows.stream().map(ComparisonTable::row))
        + "\n"
        + Html.note(
            measure
                + " with half of its 95 % interval's width; spread is the standard deviation"
                + " between seeds, in points. Cost and time are those of one training, means over"
                + " the seeds that are done. Computed operations are what was really computed,"
                + " nominal ones follow from the networks' shape. The longest path is the time with"
                + " executors for all modules.")
        + measures()
        + failures();
  }

  /** What else the trained models were measured by, where there is anything. */
  private String measures() {
    if (others.isEmpty()) {
      return "";
    }
    String head =
        Html.headerCell("Way to train")
            + others.stream()
                .map(Metrics::title)
                .map(Html::escaped)
                .map(Html::numberHeaderCell)
                .collect(Collectors.joining());
    return "\n<h3>Other measures</h3>\n"
        + Html.table("measures", head, rows.stream().map(this::measures))
        + "\n"
        + Html.note(
            "Of several seeds with half of a 95 % interval's width, which knows their spread"
                + " alone.");
  }

  private String measures(Row row) {
    return Html.nameCell(row.label())
        + others.stream()
            .map(name -> Html.numberCell(measure(name, row.measures().get(name))))
            .collect(Collectors.joining());
  }

  private static String measure(String name, @Nullable Estimate estimate) {
    if (estimate == null) {
      return NONE;
    }
    String mean = Metrics.text(name, estimate.mean());
    if (!estimate.hasError()) {
      return mean;
    }
    String margin = Metrics.text(name, estimate.margin());
    return mean + " ±" + margin.replace(" %", "");
  }

  private String head() {
    return Html.headerCell("Way to train")
        + Stream.of(
                measure,
                "Spread",
                "Computed cost",
                "Nominal",
                "Task time",
                "Longest path",
                "Parameters",
                "Seeds")
            .map(Html::numberHeaderCell)
            .collect(Collectors.joining());
  }

  private static String row(Row row) {
    Optional<Estimate> top1 = Optional.ofNullable(row.top1());
    return Html.nameCell(row.label())
        + Html.numberCell(top1.map(Estimates::share).orElse(NONE))
        + Html.numberCell(spread(top1))
        + mean(row, Cell::computedFlops, Quantities::flops)
        + mean(row, Cell::nominalFlops, Quantities::flops)
        + mean(row, Cell::seconds, Quantities::duration)
        + mean(row, Cell::longestPath, Quantities::duration)
        + Html.numberCell(Quantities.count(row.parameters()))
        + Html.numberCell(seeds(row));
  }

  private static String spread(Optional<Estimate> top1) {
    return top1.map(Estimate::spread).map(Estimates::size).orElse(NONE);
  }

  private static String mean(Row row, ToDoubleFunction<Cell> number, DoubleFunction<String> words) {
    OptionalDouble mean = row.mean(number);
    return Html.numberCell(mean.isPresent() ? words.apply(mean.getAsDouble()) : NONE);
  }

  private static String seeds(Row row) {
    int done = row.done().size();
    int all = row.cells().size();
    return done == all ? String.valueOf(done) : done + " of " + all;
  }

  private String failures() {
    String failures =
        rows.stream()
            .flatMap(
                row ->
                    row.cells().stream()
                        .filter(cell -> !cell.isDone())
                        .map(cell -> failure(row, cell)))
            .map(failure -> "<li>" + Html.escaped(failure) + "</li>")
            .collect(Collectors.joining("\n"));
    return failures.isEmpty()
        ? ""
        : "<h3>Without a result</h3>\n<ul class=\"failures\">\n" + failures + "\n</ul>";
  }

  private static String failure(Row row, Cell cell) {
    return row.label() + ", seed " + cell.seed() + ": " + reason(cell);
  }

  private static String reason(Cell cell) {
    return Optional.ofNullable(cell.failure()).orElse("not done");
  }
}
