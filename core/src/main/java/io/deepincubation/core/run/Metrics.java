package io.deepincubation.core.run;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a network was measured to be worth, by the names of the measures.
 *
 * @param primary the measure that results, tables and comparisons go by, one of the names
 * @param values each measure's value, finite; shares are 0 to 1
 */
public record Metrics(String primary, Map<String, Double> values) implements Serializable {

  /** Share of images whose class has the highest logit, 0 to 1. */
  public static final String TOP1 = "top1";

  /** Checks and copies. */
  public Metrics {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    if (!values.containsKey(primary)) {
      throw new IllegalArgumentException(
          "Cannot go by " + primary + ": expected one of " + values.keySet());
    }
  }

  /** The accuracy of a classifier alone. */
  public static Metrics ofTop1(double accuracy) {
    return new Metrics(TOP1, Map.of(TOP1, accuracy));
  }

  /**
   * These, and others whose names begin with something.
   *
   * @param prefix of their names, such as {@code head.0.}
   * @param others of a part of the network
   */
  public Metrics with(String prefix, Metrics others) {
    var all = new LinkedHashMap<>(values);
    others.values().forEach((name, value) -> all.put(prefix + name, value));
    return new Metrics(primary, all);
  }

  /** The value of the primary measure. */
  public double value() {
    return values.getOrDefault(primary, Double.NaN);
  }
}
