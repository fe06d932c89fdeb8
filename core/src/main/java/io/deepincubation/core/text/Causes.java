package io.deepincubation.core.text;

import java.util.Objects;
import java.util.stream.Stream;

/** Chains of exceptions. */
public final class Causes {

  /** More are a circle. */
  private static final int MOST = 50;

  private Causes() {}

  /** A failure, its cause, that one's cause, and so on. */
  public static Stream<Throwable> of(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(MOST);
  }
}
