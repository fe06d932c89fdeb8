package io.deepincubation.core.text;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of a message is for people: its first lines. What follows is for logs. */
public final class FirstLine {

  private static final String NONE = "no reason given";

  private FirstLine() {}

  /** Of a failure's message. */
  public static String of(Throwable failure) {
    return of(failure.getMessage());
  }

  /** The first line of a text that is not blank; says so where there is none. */
  public static String of(@Nullable String text) {
    return text == null
        ? NONE
        : text.lines().filter(line -> !line.isBlank()).findFirst().map(String::strip).orElse(NONE);
  }

  /** The lines up to a blank one, or to a stack trace, as one line; says so where there is none. */
  public static String paragraph(@Nullable String text) {
    String whole =
        text == null
            ? ""
            : text.lines()
                .dropWhile(String::isBlank)
                .takeWhile(line -> !line.isBlank() && !line.strip().startsWith("at "))
                .map(String::strip)
                .collect(Collectors.joining(" "));
    return whole.isEmpty() ? NONE : whole;
  }
}
