package io.deepincubation.spark.report;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Curves as a picture that needs no script: an SVG with axes, and a legend with the last values.
 */
final class LineChart {

  private static final int WIDTH = 460;
  private static final int HEIGHT = 230;
  private static final int LEFT = 44;
  private static final int RIGHT = 12;
  private static final int TOP = 8;
  private static final int BOTTOM = 24;
  private static final int TICKS = 5;
  private static final int COLOURS = 8;

  private final Curves curves;
  private final Range steps;
  private final Range values;

  /** The numbers that an axis spans. */
  private record Range(double low, double high) {

    static Range of(List<Curves.Series> series, boolean ofSteps) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (Curves.Series line : series) {
        for (int i = 0; i < line.steps().size(); i++) {
          double number = ofSteps ? line.steps().get(i) : line.values().get(i);
          low = Math.min(low, number);
          high = Math.max(high, number);
        }
      }
      double slack = high > low ? 0 : Math.max(1, Math.abs(high)) / 2;
      return new Range(low - slack, high + slack);
    }

    /** Distance of ticks: 1, 2 or 5 times a power of ten. */
    double tick() {
      double rough = (high - low) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double times = rough / power;
      return power * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1);
    }

    double share(double number) {
      return (number - low) / (high - low);
    }
  }

  private LineChart(Curves curves) {
    this.curves = curves;
    steps = Range.of(curves.series(), /* ofSteps= */ true);
    values = Range.of(curves.series(), /* ofSteps= */ false);
  }

  /** All plots side by side, as many in a row as there is room for. */
  static String plots(List<Curves> plots) {
    return plots.isEmpty()
        ? "<p>No metrics were kept.</p>"
        : plots.stream()
            .map(curves -> new LineChart(curves).html())
            .collect(Collectors.joining("", "<div class=\"plots\">", "</div>"));
  }

  private String html() {
    String title = Html.escaped(curves.title() + ": " + curves.quantity());
    var html = new StringBuilder("<div class=\"plot\"><h3>").append(title).append("</h3>");
    html.append(
        Html.format(
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, title));
    ticks(values, this::valueTick, html);
    ticks(steps, this::stepTick, html);
    for (int i = 0; i < curves.series().size(); i++) {
      html.append(line(i));
    }
    return html.append("</svg>").append(legend()).append("</div>\n").toString();
  }

  private double x(double step) {
    return LEFT + steps.share(step) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - values.share(value) * (HEIGHT - TOP - BOTTOM);
  }

  /** One tick's drawing. */
  private interface Tick {
    String drawn(double number, String label);
  }

  private static void ticks(Range range, Tick tick, StringBuilder html) {
    double distance = range.tick();
    int digits = (int) Math.max(0, -Math.floor(Math.log10(distance) + 1e-9));
    for (double at = Math.ceil(range.low() / distance); at * distance <= range.high(); at++) {
      double number = at * distance;
      html.append(tick.drawn(number, Html.format("%,." + digits + "f", number)));
    }
  }

  private String valueTick(double value, String label) {
    return Html.format(
        "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s"
            + "</text>",
        LEFT, y(value), WIDTH - RIGHT, LEFT - 6, y(value) + 4, label);
  }

  private String stepTick(double step, String label) {
    return Html.format(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x(step), HEIGHT - 6, label);
  }

  private String line(int index) {
    Curves.Series line = curves.series().get(index);
    var points = new StringBuilder();
    for (int i = 0; i < line.steps().size(); i++) {
      points.append(Html.format("%.1f,%.1f ", x(line.steps().get(i)), y(line.values().get(i))));
    }
    String drawn = points.toString().strip();
    return line.steps().size() == 1
        ? Html.format(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>",
            x(line.steps().get(0)), y(line.values().get(0)), colour(index))
        : Html.format(
            "<polyline class=\"curve\" stroke=\"%s\" points=\"%s\"/>", colour(index), drawn);
  }

  private static String colour(int index) {
    return "var(--c" + index % COLOURS + ")";
  }

  private String legend() {
    var html = new StringBuilder("<p class=\"legend\">");
    ToDoubleFunction<Curves.Series> last = line -> line.values().get(line.values().size() - 1);
    for (int i = 0; i < curves.series().size(); i++) {
      Curves.Series line = curves.series().get(i);
      html.append(
          Html.format(
              "<span><i style=\"background:%s\"></i>%s %.3g</span>",
              colour(i), Html.escaped(line.name()), last.applyAsDouble(line)));
    }
    return html.append("</p>").toString();
  }
}
