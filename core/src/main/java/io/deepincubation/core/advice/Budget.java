package io.deepincubation.core.advice;

import io.deepincubation.core.recipe.UsageException;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a training may take.
 *
 * @param amount floating-point operations, or seconds; above 0
 * @param isTime which of them
 */
public record Budget(double amount, boolean isTime) {

  private static final Pattern WRITTEN =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([GTPE]FLOP|s|min|h|d)");

  private static final Map<String, Double> FLOPS =
      Map.of("GFLOP", 1e9, "TFLOP", 1e12, "PFLOP", 1e15, "EFLOP", 1e18);

  private static final Map<String, Double> SECONDS =
      Map.of("s", 1.0, "min", 60.0, "h", 3600.0, "d", 86400.0);

  /**
   * Reads a budget such as {@code 100TFLOP} or {@code 2h}.
   *
   * @throws UsageException if it is none, or 0
   */
  public static Budget parse(String text) {
    Matcher matcher = WRITTEN.matcher(text.strip());
    if (!matcher.matches() || Double.parseDouble(matcher.group(1)) == 0) {
      throw new UsageException(
          "Cannot use budget "
              + text
              + ": expected operations such as 100TFLOP (GFLOP, TFLOP, PFLOP, EFLOP) or a time such"
              + " as 2h (s, min, h, d), above 0");
    }
    double number = Double.parseDouble(matcher.group(1));
    String unit = matcher.group(2);
    double ofUnit = FLOPS.getOrDefault(unit, SECONDS.getOrDefault(unit, 0.0));
    return new Budget(number * ofUnit, SECONDS.containsKey(unit));
  }

  /**
   * The operations.
   *
   * @param flopsPerSecond a speed, asked for where the budget is a time
   */
  public double flops(DoubleSupplier flopsPerSecond) {
    return isTime ? amount * flopsPerSecond.getAsDouble() : amount;
  }
}
