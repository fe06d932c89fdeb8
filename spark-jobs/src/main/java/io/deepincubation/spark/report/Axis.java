package io.deepincubation.spark.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

/** The numbers that an edge of a figure spans, where they lie on it, and which are named. */
final class Axis {

  private static final int TICKS = 5;
  private static final double ROOM = 0.05;

  /** Named numbers are this share of the edge apart at least. */
  private static final double NARROWEST = 0.07;

  /** Digits that a power of ten may be times, from few ticks to many. */
  private static final List<List<Double>> DIGITS =
      List.of(List.of(1.0), List.of(1.0, 2.0, 5.0), List.of(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0));

  private final Plot.Scale scale;
  private final double low;
  private final double high;

  /** A number that is named. */
  record Tick(double at, String label) {}

  private Axis(Plot.Scale scale, double low, double high) {
    this.scale = scale;
    this.low = low;
    this.high = high;
  }

  /** From the lowest number to the highest. */
  static Axis of(Plot.Scale scale, DoubleStream numbers) {
    DoubleSummaryStatistics ends =
        numbers.map(number -> place(scale, number)).filter(Double::isFinite).summaryStatistics();
    if (scale.spacing() == Plot.Spacing.FROM_ZERO) {
      ends.accept(0);
    }
    if (ends.getCount() == 0) {
      return new Axis(scale, 0, 1);
    }
    double slack = ends.getMax() > ends.getMin() ? 0 : slack(scale, ends.getMax());
    return new Axis(scale, ends.getMin() - slack, ends.getMax() + slack);
  }

  private static double slack(Plot.Scale scale, double only) {
    return isEven(scale) ? Math.max(1, Math.abs(only)) / 2 : Math.log10(2);
  }

  /** The same with room at both ends. */
  Axis roomy() {
    double room = ROOM * (high - low);
    return new Axis(scale, low - room, high + room);
  }

  /** The same with room at an end that is not 0. */
  Axis roomyFromZero() {
    Axis roomy = roomy();
    return new Axis(scale, low == 0 ? 0 : roomy.low, high == 0 ? 0 : roomy.high);
  }

  private static boolean isEven(Plot.Scale scale) {
    return scale.spacing() != Plot.Spacing.LOGARITHMIC;
  }

  private static double place(Plot.Scale scale, double number) {
    return isEven(scale) ? number : Math.log10(number);
  }

  /** How far along the edge a number lies, 0 to 1. */
  double share(double number) {
    return (place(scale, number) - low) / (high - low);
  }

  /** What the numbers are. */
  String name() {
    return scale.name();
  }

  /** The numbers to name, from the lowest on. */
  List<Tick> ticks() {
    if (!scale.named().isEmpty()) {
      return apart(scale.named());
    }
    return isEven(scale) ? round() : powers();
  }

  private List<Tick> apart(List<Double> numbers) {
    List<Tick> ticks = new ArrayList<>();
    double last = Double.NEGATIVE_INFINITY;
    for (double number : numbers.stream().distinct().sorted().toList()) {
      if (share(number) - last >= NARROWEST) {
        ticks.add(new Tick(number, plain(number)));
        last = share(number);
      }
    }
    return ticks;
  }

  /** A number with three digits at most. */
  static String plain(double number) {
    return new BigDecimal(number).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  /** Multiples of 1, 2 or 5 times a power of ten. */
  private List<Tick> round() {
    double distance = distance();
    int digits = (int) Math.max(0, -Math.floor(Math.log10(distance) + 1e-9));
    List<Tick> ticks = new ArrayList<>();
    for (double at = Math.ceil(low / distance); at * distance <= high; at++) {
      double number = at * distance + 0.0;
      ticks.add(new Tick(number, Html.format("%,." + digits + "f", number)));
    }
    return ticks;
  }

  private double distance() {
    double rough = (high - low) / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double times = rough / power;
    return power * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1);
  }

  /** Powers of ten, and numbers between them where those are too few. */
  private List<Tick> powers() {
    return DIGITS.stream()
        .map(this::powers)
        .filter(ticks -> ticks.size() > 2)
        .findFirst()
        .orElseGet(this::between);
  }

  private List<Tick> powers(List<Double> digits) {
    List<Double> numbers = new ArrayList<>();
    for (double power = Math.floor(low); power <= high; power++) {
      double ten = Math.pow(10, power);
      digits.stream().map(digit -> digit * ten).filter(this::holds).forEach(numbers::add);
    }
    return apart(numbers);
  }

  private boolean holds(double number) {
    double share = share(number);
    return share >= 0 && share <= 1;
  }

  /** For an edge that spans less than a few of a power's digits. */
  private List<Tick> between() {
    DoubleUnaryOperator number = share -> Math.pow(10, low + share * (high - low));
    return apart(DoubleStream.of(0.1, 0.5, 0.9).map(number).boxed().toList());
  }
}
