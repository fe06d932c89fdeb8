package io.deepincubation.spark.report;

import io.deepincubation.core.statistics.Estimate;
import io.deepincubation.core.text.Quantities;

/** Estimates in words, with half of their 95 % intervals' width. */
final class Estimates {

  private Estimates() {}

  /** A share of 1: {@code 77.2 % ±0.9}; without its error where nothing tells it. */
  static String share(Estimate share) {
    String mean = Quantities.percent(share.mean());
    return share.hasError() ? mean + " ±" + size(share.margin()) : mean;
  }

  /** A difference of shares: {@code +2.9 ±1.1} percentage points. */
  static String points(Estimate difference) {
    return Quantities.points(difference.mean()) + " ±" + size(difference.margin());
  }

  /** The size of a difference of shares, in percentage points: {@code 2.9}. */
  static String size(double difference) {
    return Html.format("%.1f", 100 * Math.abs(difference));
  }

  /** A ratio: {@code 2.1 ±0.3}. */
  static String ratio(Estimate ratio) {
    return Html.format("%.2f ±%.2f", ratio.mean(), ratio.margin());
  }

  /** A probability: {@code 0.032}. */
  static String probability(double p) {
    return p < 0.001 ? "< 0.001" : Html.format("%.3f", p);
  }

  /** Says so where there is one seed, whose chance no interval knows. */
  static String oneSeed(Estimate estimate) {
    return estimate.seeds() == 1 ? ", one seed" : "";
  }
}
