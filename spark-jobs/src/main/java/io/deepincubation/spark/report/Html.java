package io.deepincubation.spark.report;

import java.util.Locale;
import java.util.Optional;

/** Text and numbers as HTML shows them. */
final class Html {

  private static final String[] FLOP_UNITS = {"", "K", "M", "G", "T", "P", "E", "Z", "Y"};

  private Html() {}

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  static String cell(String text) {
    return "<td>" + escaped(text) + "</td>";
  }

  static String numberCell(String text) {
    return "<td class=\"number\">" + escaped(text) + "</td>";
  }

  static String percent(Optional<Double> share) {
    return share.map(value -> format("%.1f%%", 100 * value)).orElse("–");
  }

  static String points(double difference) {
    return format("%+.1f", 100 * difference).replace('-', '−');
  }

  static String count(long number) {
    return format("%,d", number);
  }

  static String flops(double flops) {
    int unit = 0;
    double value = flops;
    while (value >= 1000 && unit < FLOP_UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return value == 0 ? "0 FLOP" : format("%.3g %sFLOP", value, FLOP_UNITS[unit]);
  }

  static String bytes(long bytes) {
    if (bytes == 0) {
      return "–";
    }
    return bytes < 1 << 30
        ? format("%.0f MiB", bytes / (double) (1 << 20))
        : format("%.1f GiB", bytes / (double) (1 << 30));
  }

  static String seconds(double seconds) {
    if (seconds < 60) {
      return format("%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? format("%d min %02d s", whole / 60, whole % 60)
        : format("%d h %02d min", whole / 3600, whole / 60 % 60);
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
