package io.deepincubation.spark.report;

import io.deepincubation.core.text.Quantities;
import java.util.Locale;
import java.util.Optional;

/** Text and numbers as HTML shows them. */
final class Html {

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

  /** A dash where nothing was measured. */
  static String percent(Optional<Double> share) {
    return share.map(Quantities::percent).orElse("–");
  }

  /** A dash where nothing was measured. */
  static String bytes(long bytes) {
    return bytes == 0 ? "–" : Quantities.bytes(bytes);
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
