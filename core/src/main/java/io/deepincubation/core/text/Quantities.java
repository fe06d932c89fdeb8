package io.deepincubation.core.text;

import java.util.List;
import java.util.Locale;

/** Quantities with their units, the same wherever the program runs. */
public final class Quantities {

  private static final List<String> FLOP_UNITS =
      List.of("FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP", "YFLOP");

  private static final double KIB = 1 << 10;
  private static final double MIB = 1L << 20;
  private static final double GIB = 1L << 30;

  private Quantities() {}

  /** Operations with three digits: {@code 38.2 GFLOP}. */
  public static String flops(double flops) {
    int unit = 0;
    double rest = flops;
    while (rest >= 999.5 && unit < FLOP_UNITS.size() - 1) {
      rest /= 1000;
      unit++;
    }
    String digits = rest >= 99.95 || rest == 0 ? "%.0f %s" : rest >= 9.995 ? "%.1f %s" : "%.2f %s";
    return format(digits, rest, FLOP_UNITS.get(unit));
  }

  /**
   * Bytes in mebibytes, from a gibibyte on in those and below a mebibyte in kibibytes: {@code 684.0
   * MiB}, {@code 1.5 GiB}, {@code 12 KiB}.
   */
  public static String bytes(long bytes) {
    if (bytes > 0 && bytes < MIB) {
      return format("%.0f KiB", Math.ceil(bytes / KIB));
    }
    return bytes < GIB ? format("%.1f MiB", bytes / MIB) : format("%,.1f GiB", bytes / GIB);
  }

  /** A share of 1 with one digit: {@code 36.9 %}. */
  public static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  /** A difference of two shares of 1, with its sign: {@code +6.5} percentage points. */
  public static String points(double difference) {
    return format("%+.1f", 100 * difference).replace('-', '−');
  }

  /** A number of things: {@code 70,000}. */
  public static String count(long number) {
    return format("%,d", number);
  }

  /** A time in two units at most: {@code 2.0 s}, {@code 8 min 32 s}, {@code 1 h 05 min}. */
  public static String duration(double seconds) {
    if (seconds < 59.95) {
      return format("%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? format("%d min %02d s", whole / 60, whole % 60)
        : format("%d h %02d min", whole / 3600, whole / 60 % 60);
  }

  /** A time that goes by, in whole seconds: {@code 0:07}, {@code 8:32}, {@code 1:05:00}. */
  public static String clock(long seconds) {
    return seconds < 3600
        ? format("%d:%02d", seconds / 60, seconds % 60)
        : format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
