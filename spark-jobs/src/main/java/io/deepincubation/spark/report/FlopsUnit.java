package io.deepincubation.spark.report;

import io.deepincubation.core.text.Quantities;
import java.util.stream.DoubleStream;

/**
 * A unit for many numbers of operations at once.
 *
 * @param name such as {@code TFLOP}
 */
record FlopsUnit(String name) {

  private static final String THOUSANDS = "kMGTPEZY";

  /** That of the largest. */
  static FlopsUnit of(DoubleStream flops) {
    String largest = Quantities.flops(flops.filter(Double::isFinite).max().orElse(0));
    return new FlopsUnit(largest.substring(largest.indexOf(' ') + 1));
  }

  /** A number of operations in this unit. */
  double of(double flops) {
    return flops / Math.pow(1000, 1 + THOUSANDS.indexOf(name.charAt(0)));
  }
}
