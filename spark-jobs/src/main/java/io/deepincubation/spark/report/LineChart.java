package io.deepincubation.spark.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines as a picture that needs no script: an SVG with axes, and a legend. */
final class LineChart {

  private static final int WIDTH = 460;
  private static final int PLAIN_HEIGHT = 230;
  private static final int LEFT = 44;
  private static final int RIGHT = 12;
  private static final int TOP = 8;
  private static final int TICK_LABELS = 24;
  private static final int NAME = 22;
  private static final int COLOURS = 8;

  /** Points of several lines over one named number stand side by side. */
  private static final double ASIDE = 3;

  private static final double MOST_ASIDE = 12;

  private final Plot plot;
  private final Axis across;
  private final Axis up;
  private final int bottom;
  private final int height;

  LineChart(Plot plot) {
    this.plot = plot;
    Axis xs = Axis.of(plot.across(), plot.xs());
    Axis ys = Axis.of(plot.up(), plot.ys());
    across = plot.roomy() ? xs.roomy() : xs;
    up = plot.roomy() ? ys.roomy() : ys;
    int name = across.name().isEmpty() ? 0 : NAME;
    bottom = PLAIN_HEIGHT - TICK_LABELS;
    height = PLAIN_HEIGHT + name;
  }

  /** All plots side by side, as many in a row as there is room for. */
  static String plots(List<Plot> plots) {
    return plots.stream()
        .map(plot -> new LineChart(plot).html())
        .collect(Collectors.joining("", "<div class=\"plots\">", "</div>"));
  }

  /** One plot, larger. */
  static String alone(Plot plot) {
    return "<div class=\"large\">" + new LineChart(plot).html() + "</div>";
  }

  private String html() {
    String title = Html.escaped(plot.title());
    return Html.format(
            "<div class=\"plot\"><h3>%s</h3>"
                + "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
            title, WIDTH, height, title)
        + up.ticks().stream().map(this::upTick).collect(Collectors.joining())
        + across.ticks().stream().map(this::acrossTick).collect(Collectors.joining())
        + name()
        + IntStream.range(0, plot.lines().size()).mapToObj(this::line).collect(Collectors.joining())
        + "</svg>"
        + legend()
        + "</div>\n";
  }

  private double x(double number) {
    return LEFT + across.share(number) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double number) {
    return bottom - up.share(number) * (bottom - TOP);
  }

  private String upTick(Axis.Tick tick) {
    return Html.format(
        "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s"
            + "</text>",
        LEFT, y(tick.at()), WIDTH - RIGHT, LEFT - 6, y(tick.at()) + 4, tick.label());
  }

  private String acrossTick(Axis.Tick tick) {
    return Html.format(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        x(tick.at()), bottom + TICK_LABELS - 6, tick.label());
  }

  private String name() {
    return across.name().isEmpty()
        ? ""
        : Html.format(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
            (LEFT + WIDTH - RIGHT) / 2, height - 6, Html.escaped(across.name()));
  }

  private String line(int index) {
    Plot.Line line = plot.lines().get(index);
    String drawn =
        switch (line.kind()) {
          case CURVE -> curve(index, 0);
          case MEASURED -> curve(index, aside(index)) + intervals(index);
          case LEVEL -> level(index);
        };
    return drawn + marks(index);
  }

  private String curve(int index, double aside) {
    List<Plot.Point> points = plot.lines().get(index).points();
    if (points.size() == 1) {
      return circle(index, points.get(0), aside);
    }
    return points.stream()
        .map(point -> Html.format("%.1f,%.1f", x(point.x()) + aside, y(point.y())))
        .collect(
            Collectors.joining(
                " ", Html.format("<polyline class=\"curve\" %s points=\"", stroke(index)), "\"/>"));
  }

  private String circle(int index, Plot.Point point, double aside) {
    return Html.format(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>",
        x(point.x()) + aside, y(point.y()), colour(index));
  }

  private String intervals(int index) {
    double aside = aside(index);
    return plot.lines().get(index).points().stream()
        .map(point -> circle(index, point, aside) + whisker(index, point, aside))
        .collect(Collectors.joining());
  }

  private String whisker(int index, Plot.Point point, double aside) {
    double x = x(point.x()) + aside;
    double low = y(point.low());
    double high = y(point.high());
    return point.margin() == 0
        ? ""
        : Html.format(
            "<path class=\"whisker\" stroke=\"%s\""
                + " d=\"M%.1f %.1fV%.1fM%.1f %.1fH%.1fM%.1f %.1fH%.1f\"/>",
            colour(index), x, low, high, x - 3, low, x + 3, x - 3, high, x + 3);
  }

  /** How far a line's points stand from their number, so that intervals do not hide one another. */
  private double aside(int index) {
    double middle = (plot.lines().size() - 1) / 2.0;
    double step = Math.min(ASIDE, MOST_ASIDE / Math.max(1, middle));
    return plot.across().named().isEmpty() ? 0 : (index - middle) * step;
  }

  private String level(int index) {
    Plot.Point point = plot.lines().get(index).points().get(0);
    double high = y(point.high());
    return Html.format(
        "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\" fill-opacity=\"0.12\"/>"
            + "<path class=\"curve level\" stroke=\"%s\" d=\"M%d %.1fH%d\"/>",
        LEFT,
        high,
        WIDTH - LEFT - RIGHT,
        y(point.low()) - high,
        colour(index),
        colour(index),
        LEFT,
        y(point.y()),
        WIDTH - RIGHT);
  }

  /** Triangles that stand on the lower edge. */
  private String marks(int index) {
    return plot.lines().get(index).marks().stream()
        .map(mark -> mark(index, x(mark)))
        .collect(Collectors.joining());
  }

  private String mark(int index, double x) {
    return Html.format(
        "<path fill=\"%s\" d=\"M%.1f %dL%.1f %dL%.1f %d\"/>",
        colour(index), x - 5, bottom, x, bottom - 9, x + 5, bottom);
  }

  /** Lines that share a colour differ by their dashes. */
  private static String stroke(int index) {
    String dashes = Html.format(" stroke-dasharray=\"%d 3\"", 8 - 2 * (index / COLOURS % 4));
    return "stroke=\"" + colour(index) + "\"" + (index < COLOURS ? "" : dashes);
  }

  private static String colour(int index) {
    return "var(--c" + index % COLOURS + ")";
  }

  private String legend() {
    return IntStream.range(0, plot.lines().size())
        .mapToObj(this::legend)
        .collect(Collectors.joining("", "<p class=\"legend\">", "</p>"));
  }

  private String legend(int index) {
    return Html.format(
        "<span><i%s style=\"--colour:%s\"></i>%s</span>",
        legendKind(index), colour(index), Html.escaped(plot.lines().get(index).legend()));
  }

  private String legendKind(int index) {
    if (plot.lines().get(index).kind() == Plot.Kind.LEVEL) {
      return " class=\"level\"";
    }
    return index < COLOURS ? "" : " class=\"dashed\"";
  }
}
