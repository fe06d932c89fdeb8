package io.deepincubation.spark.report;

import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One plot: a quantity over optimizer steps, a line for each series.
 *
 * @param title says of which stage
 * @param quantity what is plotted, {@code loss}, {@code top-1 %} or {@code mIoU %}
 * @param series the lines
 */
record Curves(String title, String quantity, List<Series> series) {

  private static final int MOST_POINTS = 1000;

  /** What results are told by where that is not top-1 accuracy. */
  private static final List<String> MEASURES =
      List.of(Metrics.MAP, Metrics.MEAN_IOU, Metrics.AP, Metrics.AP + Metrics.OF_MASKS);

  private static final Pattern ONE_OF_SEVERAL = Pattern.compile("(.+)/\\d+");

  /**
   * One line.
   *
   * @param name its legend
   * @param steps optimizer steps, rising
   * @param values as many
   */
  record Series(String name, List<Long> steps, List<Double> values) {}

  /** All plots of metrics side by side. */
  static String html(Map<String, List<MetricsLine>> metrics) {
    List<Plot> plots = of(metrics).stream().map(Curves::plot).toList();
    return plots.isEmpty() ? "<p>No metrics were kept.</p>" : LineChart.plots(plots);
  }

  /** Loss and accuracy of each stage, all modules of a stage in one plot. */
  static List<Curves> of(Map<String, List<MetricsLine>> metrics) {
    Map<String, Map<String, List<MetricsLine>>> groups = new LinkedHashMap<>();
    metrics.forEach(
        (stage, lines) ->
            groups.computeIfAbsent(group(stage), name -> new LinkedHashMap<>()).put(stage, lines));
    List<Curves> curves = new ArrayList<>();
    groups.forEach(
        (group, lines) -> {
          curves.add(plot(group, "loss", lines, MetricsLine::loss));
          curves.add(
              plot(
                  group, "top-1 %", lines, line -> line.top1() == null ? null : 100 * line.top1()));
          for (String measure : MEASURES) {
            curves.add(
                plot(group, Metrics.title(measure) + " %", lines, line -> percent(line, measure)));
          }
        });
    return curves.stream().filter(plot -> !plot.series().isEmpty()).toList();
  }

  private static @Nullable Double percent(MetricsLine line, String measure) {
    Double share = line.metrics() == null ? null : line.metrics().get(measure);
    return share == null ? null : Double.valueOf(100 * share);
  }

  /** The curves as a plot whose legend tells the last values. */
  Plot plot() {
    return new Plot(
        title + ": " + quantity,
        Plot.Scale.EVEN,
        Plot.Scale.EVEN,
        series.stream().map(Curves::line).toList());
  }

  private static Plot.Line line(Series series) {
    List<Plot.Point> points = new ArrayList<>();
    for (int i = 0; i < series.steps().size(); i++) {
      points.add(new Plot.Point(series.steps().get(i), series.values().get(i), 0));
    }
    double last = series.values().get(series.values().size() - 1);
    return Plot.Line.curve(Html.format("%s %.3g", series.name(), last), points);
  }

  private static String group(String stage) {
    Matcher one = ONE_OF_SEVERAL.matcher(stage);
    return one.matches() ? one.group(1) : stage;
  }

  private static Curves plot(
      String group,
      String quantity,
      Map<String, List<MetricsLine>> lines,
      Function<MetricsLine, @Nullable Double> value) {
    List<Series> series = new ArrayList<>();
    lines.forEach(
        (name, ofStage) -> {
          Series line = series(name, ofStage, value);
          if (!line.steps().isEmpty()) {
            series.add(line);
          }
        });
    return new Curves(group, quantity, series);
  }

  private static Series series(
      String name, List<MetricsLine> lines, Function<MetricsLine, @Nullable Double> value) {
    Map<Long, Double> points = new TreeMap<>();
    for (MetricsLine line : lines) {
      Double y = value.apply(line);
      if (y != null && Double.isFinite(y)) {
        points.put(line.step(), y);
      }
    }
    List<Long> steps = thinned(List.copyOf(points.keySet()));
    return new Series(
        name, steps, steps.stream().map(step -> Objects.requireNonNull(points.get(step))).toList());
  }

  private static List<Long> thinned(List<Long> steps) {
    int stride = 1 + (steps.size() - 1) / MOST_POINTS;
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (i % stride == 0 || i == steps.size() - 1) {
        kept.add(steps.get(i));
      }
    }
    return kept;
  }
}
