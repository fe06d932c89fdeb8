package io.deepincubation.spark.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A page in Markdown, line by line. */
public final class Page {

  private static final String OF_THE_CODE =
      "Written from the code, to which `ReferenceTest` holds it; it says how to write it anew.";

  private final List<String> lines = new ArrayList<>();

  /** A page that begins so. */
  public Page(String title) {
    heading("#", title);
    paragraph(OF_THE_CODE);
  }

  /** Adds a heading of so many {@code #}. */
  public Page heading(String level, String title) {
    lines.addAll(List.of(level + " " + title, ""));
    return this;
  }

  /** Adds a paragraph. */
  public Page paragraph(String text) {
    lines.addAll(List.of(text, ""));
    return this;
  }

  /** Adds a table. */
  public Page table(List<String> titles, List<List<String>> rows) {
    lines.add(row(titles));
    lines.add("|" + "---|".repeat(titles.size()));
    rows.forEach(cells -> lines.add(row(cells)));
    lines.add("");
    return this;
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** All of it. */
  public String text() {
    return String.join("\n", lines);
  }
}
