package io.deepincubation.spark.report;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Lines to draw over one another.
 *
 * @param title stands above, in words
 * @param across how numbers lie from left to right
 * @param up how numbers lie from below
 * @param lines in the order of their colours
 */
record Plot(String title, Scale across, Scale up, List<Line> lines) {

  /** Copies. */
  Plot {
    lines = List.copyOf(lines);
  }

  /** The numbers from left to right. */
  DoubleStream xs() {
    return DoubleStream.concat(
        lines.stream().flatMapToDouble(line -> line.marks().stream().mapToDouble(at -> at)),
        lines.stream().filter(line -> line.kind() != Kind.LEVEL).flatMapToDouble(Line::xs));
  }

  /** The numbers from below, with the ends of intervals. */
  DoubleStream ys() {
    return lines.stream().flatMapToDouble(Line::ys);
  }

  /** Whether points have room around them, for intervals and marks. */
  boolean roomy() {
    return lines.stream().anyMatch(line -> line.kind() != Kind.CURVE);
  }

  /** How numbers lie along an edge. */
  enum Spacing {
    /** The same distance for the same difference. */
    EVEN,
    /** Evenly, with 0 among them. */
    FROM_ZERO,
    /** The same distance for the same ratio; only for numbers above 0. */
    LOGARITHMIC
  }

  /**
   * An edge.
   *
   * @param name what the numbers are; empty where the title says it
   * @param spacing how they lie
   * @param named the numbers to name; empty for round ones
   */
  record Scale(String name, Spacing spacing, List<Double> named) {

    /** Round numbers without a name. */
    static final Scale EVEN = new Scale("", Spacing.EVEN, List.of());

    /** Round numbers without a name, 0 among them. */
    static final Scale FROM_ZERO = new Scale("", Spacing.FROM_ZERO, List.of());

    /** Copies. */
    Scale {
      named = List.copyOf(named);
    }
  }

  /** How a line is drawn. */
  enum Kind {
    /** A line alone, or a point where there is one only. */
    CURVE,
    /** Points with their intervals, and a line through them. */
    MEASURED,
    /** One value all along the plot. */
    LEVEL
  }

  /**
   * A line.
   *
   * @param legend its name, and what else the legend tells
   * @param kind how it is drawn
   * @param points from left to right
   * @param marks numbers to mark at the lower edge
   */
  record Line(String legend, Kind kind, List<Point> points, List<Double> marks) {

    /** Copies. */
    Line {
      points = List.copyOf(points);
      marks = List.copyOf(marks);
    }

    static Line curve(String legend, List<Point> points) {
      return new Line(legend, Kind.CURVE, points, List.of());
    }

    DoubleStream xs() {
      return points.stream().mapToDouble(Point::x);
    }

    DoubleStream ys() {
      return points.stream().flatMapToDouble(point -> DoubleStream.of(point.low(), point.high()));
    }
  }

  /**
   * A point.
   *
   * @param x from the left
   * @param y from below
   * @param margin half of its interval's width; 0 for none
   */
  record Point(double x, double y, double margin) {

    double low() {
      return y - margin;
    }

    double high() {
      return y + margin;
    }
  }
}
