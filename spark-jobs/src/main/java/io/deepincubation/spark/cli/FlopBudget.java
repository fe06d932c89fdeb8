package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.UsageException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of operations as people write it, such as {@code 100TFLOP}. */
final class FlopBudget {

  private static final Pattern FLOPS =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([gtpe])flops?", Pattern.CASE_INSENSITIVE);

  private static final Map<String, Double> UNITS =
      Map.of("g", 1e9, "t", 1e12, "p", 1e15, "e", 1e18);

  private FlopBudget() {}

  /**
   * Reads a number of operations.
   *
   * @param option that it was given by
   * @param text such as {@code 100TFLOP} or {@code 1.5 PFLOP}
   * @throws UsageException if it is none
   */
  static double parse(String option, String text) {
    Matcher flops = FLOPS.matcher(text.strip());
    if (!flops.matches() || Double.parseDouble(flops.group(1)) == 0) {
      throw new UsageException(
          "Cannot use " + option + ": expected operations such as 100TFLOP, got " + text);
    }
    double unit = UNITS.getOrDefault(flops.group(2).toLowerCase(Locale.ROOT), 0.0);
    return Double.parseDouble(flops.group(1)) * unit;
  }
}
