package io.deepincubation.spark.report;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.Comparison.Cell;
import io.deepincubation.core.comparison.Comparison.CellStage;
import io.deepincubation.core.comparison.Comparison.CurvePoint;
import io.deepincubation.core.comparison.Comparison.Row;
import io.deepincubation.core.method.Stages;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Top-1 of the target models in training over what was computed until then (Fig. 5). */
final class ComparisonCurves {

  private static final int MOST = 8;

  private final String measure;
  private final List<Curve> drawn;
  private final int leftOut;
  private final FlopsUnit unit;

  /** A row's first training that has a curve. */
  private record Curve(Row row, Cell cell) {

    static Optional<Curve> of(Row row) {
      return row.cells().stream()
          .filter(cell -> !cell.curve().isEmpty())
          .findFirst()
          .map(cell -> new Curve(row, cell));
    }

    DoubleStream flops() {
      return cell.curve().stream().mapToDouble(CurvePoint::flops);
    }

    /** What was computed at the end of meta pre-training, where there was any. */
    Optional<Double> meta() {
      return cell.stages().stream()
          .filter(stage -> stage.name().equals(Stages.META) && stage.computedFlops() > 0)
          .map(CellStage::computedFlops)
          .findFirst();
    }
  }

  ComparisonCurves(Comparison comparison) {
    measure = comparison.measureHeading();
    List<Row> rows = comparison.rows();
    List<Curve> curves = rows.stream().flatMap(row -> Curve.of(row).stream()).toList();
    drawn = curves.stream().limit(MOST).toList();
    leftOut = curves.size() - drawn.size();
    unit = FlopsUnit.of(drawn.stream().flatMapToDouble(Curve::flops));
  }

  /** A section, or nothing where there are no curves. */
  String html() {
    return drawn.isEmpty()
        ? ""
        : "<h2>"
            + Html.escaped(measure)
            + " over cost in training</h2>\n"
            + LineChart.alone(plot())
            + Html.note(note());
  }

  private Plot plot() {
    var across =
        new Plot.Scale(
            "computed operations so far, " + unit.name(), Plot.Spacing.FROM_ZERO, List.of());
    return new Plot(
        measure + ", %", across, Plot.Scale.EVEN, drawn.stream().map(this::line).toList());
  }

  private Plot.Line line(Curve curve) {
    List<Plot.Point> points =
        curve.cell().curve().stream()
            .filter(point -> Double.isFinite(point.flops()) && Double.isFinite(point.top1()))
            .map(point -> new Plot.Point(unit.of(point.flops()), 100 * point.top1(), 0))
            .toList();
    List<Double> marks = curve.meta().stream().map(unit::of).toList();
    return new Plot.Line(curve.row().label() + seed(curve), Plot.Kind.CURVE, points, marks);
  }

  /** Said where it is not the seed of most. */
  private String seed(Curve curve) {
    return curve.cell().seed() == first() ? "" : ", seed " + curve.cell().seed();
  }

  private long first() {
    return drawn.get(0).cell().seed();
  }

  private String note() {
    boolean marked = drawn.stream().anyMatch(curve -> curve.meta().isPresent());
    return Stream.of(
            "Seed " + first() + ", measured after each epoch of the target model; its curve starts",
            "at what all stages before had cost.",
            marked ? "A triangle marks the end of meta pre-training." : "",
            leftOut == 0 ? "" : leftOut + " more ways to train are left out.")
        .filter(part -> !part.isEmpty())
        .reduce((text, part) -> text + " " + part)
        .orElse("");
  }
}
