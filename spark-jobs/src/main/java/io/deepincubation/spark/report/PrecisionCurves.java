package io.deepincubation.spark.report;

import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.ClassMeasures.PrecisionCurve;
import io.deepincubation.core.run.StageResult;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Precision over recall of the objects that networks find, a plot for each stage. */
final class PrecisionCurves {

  private static final int PERCENT = 100;

  private final List<StageResult> results;

  PrecisionCurves(List<StageResult> results) {
    this.results = results;
  }

  /** A part of the page with its heading; empty where no objects are found. */
  String html() {
    List<Plot> plots = new ArrayList<>();
    for (StageResult result : results) {
      ClassMeasures classes = result.classes();
      List<PrecisionCurve> curves = classes == null ? null : classes.curves();
      if (curves != null && curves.stream().noneMatch(curve -> curve.precision().isEmpty())) {
        plots.add(plot(result.stage(), curves));
      }
    }
    return plots.isEmpty()
        ? ""
        : "<h2>Precision over recall</h2>\n"
            + (plots.size() == 1 ? LineChart.alone(plots.get(0)) : LineChart.plots(plots))
            + Html.note(
                "Of boxes on the test split, the mean over the classes that have objects, as the"
                    + " score falls from which on objects count.");
  }

  private static Plot plot(String stage, List<PrecisionCurve> curves) {
    return new Plot(
        stage + ": precision %",
        new Plot.Scale("recall %", Plot.Spacing.FROM_ZERO, List.of()),
        Plot.Scale.FROM_ZERO,
        curves.stream().map(PrecisionCurves::line).toList());
  }

  private static Plot.Line line(PrecisionCurve curve) {
    List<Double> precision = curve.precision();
    double last = precision.size() - 1;
    return Plot.Line.curve(
        curve.title(),
        IntStream.range(0, precision.size())
            .mapToObj(i -> new Plot.Point(PERCENT * i / last, PERCENT * precision.get(i), 0))
            .toList());
  }
}
