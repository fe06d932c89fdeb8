package io.deepincubation.spark.report;

import io.deepincubation.core.statistics.Estimate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * Estimates of shares, or of differences of them, as bars and points with their intervals, all on
 * one scale of percent or points that holds 0. Made of HTML, so that labels beside it can wrap.
 */
final class IntervalTrack {

  private final Axis axis;

  private IntervalTrack(Axis axis) {
    this.axis = axis;
  }

  /** A scale for all of these. */
  static IntervalTrack of(List<Estimate> estimates) {
    DoubleStream ends =
        estimates.stream()
            .flatMapToDouble(estimate -> DoubleStream.of(estimate.low(), estimate.high()));
    return new IntervalTrack(
        Axis.of(Plot.Scale.FROM_ZERO, ends.map(share -> 100 * share)).roomyFromZero());
  }

  /** A bar from 0 to the mean. */
  String bar(Estimate estimate, String kind) {
    return track(
        kind,
        span("bar", Math.min(0, estimate.mean()), Math.max(0, estimate.mean())) + reach(estimate));
  }

  /** A point at the mean. */
  String point(Estimate estimate, String kind) {
    return track(kind, reach(estimate) + span("dot", estimate.mean(), estimate.mean()));
  }

  /** A place without anything. */
  String nothing() {
    return track("nothing", "");
  }

  private String track(String kind, String inner) {
    return Html.format(
        "<span class=\"interval %s\" style=\"--zero:%.2f%%\">%s</span>", kind, place(0), inner);
  }

  private String reach(Estimate estimate) {
    return estimate.margin() == 0 ? "" : span("reach", estimate.low(), estimate.high());
  }

  private String span(String name, double from, double to) {
    return Html.format(
        "<i class=\"%s\" style=\"--from:%.2f%%;--length:%.2f%%\"></i>",
        name, place(from), place(to) - place(from));
  }

  private double place(double share) {
    return 100 * axis.share(100 * share);
  }

  /** The numbers along the scale. */
  String scale() {
    return axis.ticks().stream()
        .map(this::tick)
        .collect(Collectors.joining("", "<span class=\"scale\">", "</span>"));
  }

  private String tick(Axis.Tick tick) {
    return Html.format(
        "<i style=\"--from:%.2f%%\">%s</i>",
        100 * axis.share(tick.at()), tick.label().replace('-', '−'));
  }
}
