package io.deepincubation.spark.report;

import io.deepincubation.core.text.Quantities;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** A cell that may take several lines. */
  static String nameCell(String text) {
    return "<td class=\"name\"><span>" + escaped(text) + "</span></td>";
  }

  static String headerCell(String text) {
    return "<th>" + escaped(text) + "</th>";
  }

  static String numberHeaderCell(String text) {
    return "<th class=\"number\">" + escaped(text) + "</th>";
  }

  /** A table in a box of its own that scrolls where it is too wide; head and rows are HTML. */
  static String table(String name, String head, Stream<String> rows) {
    return format(
        "<div class=\"scroll\"><table class=\"%s\">\n<thead><tr>%s</tr></thead>\n<tbody>\n%s\n"
            + "</tbody></table></div>",
        name, head, rows.map(row -> "<tr>" + row + "</tr>").collect(Collectors.joining("\n")));
  }

  static String note(String text) {
    return text.isEmpty() ? "" : "<p class=\"note\">" + escaped(text) + "</p>";
  }

  /** Names and what they stand for, in the map's order, for a list of definitions. */
  static String facts(Map<String, String> facts) {
    return facts.entrySet().stream()
        .map(
            fact ->
                "<dt>" + escaped(fact.getKey()) + "</dt><dd>" + escaped(fact.getValue()) + "</dd>")
        .collect(Collectors.joining("\n"));
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
