package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.statistics.Estimate;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * What all rows are compared by: bars where they have no order, lines over the axis where they have
 * one, over cost where all stages' epochs are the axis (Fig. 4).
 */
final class ComparisonFigure {

  /** From here on, numbers lie by their ratios. */
  private static final double WIDE = 30;

  private static final int MOST_NAMED = 8;

  private final Comparison comparison;
  private final List<Row> measured;
  private final ComparisonLines lines;

  ComparisonFigure(Comparison comparison) {
    this.comparison = comparison;
    measured = comparison.rows().stream().filter(row -> row.top1() != null).toList();
    lines = new ComparisonLines(comparison);
  }

  String html() {
    return measured.isEmpty()
        ? heading(measure()) + "<p>There is nothing to draw yet.</p>"
        : figure() + new CostSentences(comparison).html();
  }

  private String figure() {
    if (lines.goByCost()) {
      return heading(measure() + " over training cost") + lines(costScale());
    }
    return lines.isOrdered()
        ? heading(measure() + " over " + comparison.axis()) + lines(axisScale())
        : heading(measure()) + bars();
  }

  private String lines(Plot.Scale across) {
    return LineChart.alone(new Plot(measure() + ", %", across, Plot.Scale.EVEN, plotLines()));
  }

  private String measure() {
    return comparison.measureHeading();
  }

  private static String heading(String text) {
    return "<h2>" + Html.escaped(text) + "</h2>\n";
  }

  private static Estimate top1(Row row) {
    return Objects.requireNonNull(row.top1());
  }

  private String bars() {
    IntervalTrack track = IntervalTrack.of(measured.stream().map(ComparisonFigure::top1).toList());
    return IntervalBars.html(
        track,
        comparison.rows().stream().map(row -> bar(track, row)),
        comparison.measureTitle() + ", %");
  }

  private static String bar(IntervalTrack track, Row row) {
    return Optional.ofNullable(row.top1())
        .map(top1 -> IntervalBars.row(row.label(), track.bar(top1, "plain"), Estimates.share(top1)))
        .orElseGet(() -> IntervalBars.row(row.label(), track.nothing(), "not done"));
  }

  private List<Plot.Line> plotLines() {
    return lines.rows().entrySet().stream()
        .flatMap(line -> plotLine(line.getKey(), line.getValue()))
        .toList();
  }

  private Stream<Plot.Line> plotLine(String name, List<Row> rows) {
    List<Row> drawn = rows.stream().filter(row -> row.top1() != null).toList();
    List<Plot.Point> points =
        drawn.stream()
            .filter(row -> row.x() != null)
            .map(row -> point(across(row), row))
            .filter(point -> lines.goByCost() ? point.x() > 0 : Double.isFinite(point.x()))
            .sorted(Comparator.comparingDouble(Plot.Point::x))
            .toList();
    Stream<Plot.Line> levels =
        drawn.stream().filter(row -> row.x() == null).map(ComparisonFigure::level);
    return points.isEmpty()
        ? levels
        : Stream.concat(
            Stream.of(new Plot.Line(name, Plot.Kind.MEASURED, points, List.of())), levels);
  }

  private static Plot.Point point(double x, Row row) {
    return new Plot.Point(x, 100 * top1(row).mean(), 100 * top1(row).margin());
  }

  /** A row that does not go by the axis holds for all of it. */
  private static Plot.Line level(Row row) {
    return new Plot.Line(row.label(), Plot.Kind.LEVEL, List.of(point(0, row)), List.of());
  }

  private double across(Row row) {
    return lines.goByCost() ? FlopsUnit.of(costs()).of(cost(row)) : Objects.requireNonNull(row.x());
  }

  private static double cost(Row row) {
    return row.done().stream().mapToDouble(Cell::computedFlops).average().orElse(Double.NaN);
  }

  private DoubleStream costs() {
    return measured.stream().mapToDouble(ComparisonFigure::cost);
  }

  private Plot.Scale costScale() {
    String name = "computed operations of a training, " + FlopsUnit.of(costs()).name();
    return new Plot.Scale(name, Plot.Spacing.LOGARITHMIC, List.of());
  }

  private Plot.Scale axisScale() {
    List<Double> numbers =
        measured.stream().flatMap(row -> Stream.ofNullable(row.x())).distinct().sorted().toList();
    return new Plot.Scale(
        comparison.axis(), spacing(numbers), numbers.size() <= MOST_NAMED ? numbers : List.of());
  }

  private static Plot.Spacing spacing(List<Double> numbers) {
    if (numbers.isEmpty() || numbers.get(0) <= 0) {
      return Plot.Spacing.EVEN;
    }
    double ratio = numbers.get(numbers.size() - 1) / numbers.get(0);
    return ratio > WIDE ? Plot.Spacing.LOGARITHMIC : Plot.Spacing.EVEN;
  }
}
