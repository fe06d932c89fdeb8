package io.deepincubation.core.text;

import org.jspecify.annotations.Nullable;

/** The first line of a message: what follows is for logs. */
public final class FirstLine {

  private static final String NONE = "no reason given";

  private FirstLine() {}

  /** Of a failure's message. */
  public static String of(Throwable failure) {
    return of(failure.getMessage());
  }

  /** Of a text; says so where there is none. */
  public static String of(@Nullable String text) {
    return text == null ? NONE : text.lines().findFirst().orElse(NONE);
  }
}
