package io.deepincubation.spark.progress;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the terminal behind standard error can show.
 *
 * @param redraw whether lines can be drawn over; otherwise progress is a log
 * @param colour whether to colour
 * @param unicode whether to draw bars with block characters; otherwise with ASCII
 * @param columns characters of a line
 */
public record TerminalStyle(boolean redraw, boolean colour, boolean unicode, int columns) {

  private static final int DEFAULT_COLUMNS = 100;
  private static final int FEWEST_COLUMNS = 40;

  /** Lines of a log: no redrawing, no colour. */
  public static final TerminalStyle PLAIN = new TerminalStyle(false, false, false, DEFAULT_COLUMNS);

  /** Checks the width. */
  public TerminalStyle {
    if (columns < FEWEST_COLUMNS) {
      throw new IllegalArgumentException(
          "Cannot draw progress: expected at least " + FEWEST_COLUMNS + " columns, got " + columns);
    }
  }

  /** The style of this process's standard error, as wide as it is now. */
  public static TerminalStyle detect() {
    return of(System.getenv(), Terminal.columns());
  }

  /**
   * The style that an environment asks for.
   *
   * @param environment {@code TERM}, {@code COLUMNS}, {@code NO_COLOR} and the locale
   * @param terminal characters of the terminal's lines, 0 where it does not tell; empty where there
   *     is none
   */
  static TerminalStyle of(Map<String, String> environment, OptionalInt terminal) {
    boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
    boolean redraw = !dumb && terminal.isPresent();
    boolean colour = redraw && environment.getOrDefault("NO_COLOR", "").isEmpty();
    int told = terminal.orElse(0);
    int columns = told > 0 ? told : width(environment).orElse(DEFAULT_COLUMNS);
    return new TerminalStyle(
        redraw, colour, isUnicode(environment), Math.max(FEWEST_COLUMNS, columns));
  }

  private static Optional<Integer> width(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("COLUMNS"))
        .filter(text -> text.matches("[1-9]\\d{0,4}"))
        .map(Integer::valueOf);
  }

  private static boolean isUnicode(Map<String, String> environment) {
    for (String key : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String locale = environment.getOrDefault(key, "");
      if (!locale.isEmpty()) {
        return locale.toLowerCase(Locale.ROOT).replace("-", "").contains("utf8");
      }
    }
    return false;
  }
}
