package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Stable;

/** An option, a setting or an argument is wrong. The message says what was expected instead. */
@Stable
public final class UsageException extends RuntimeException {

  /** States the problem. */
  public UsageException(String message) {
    super(message);
  }

  /** States the problem, with what found it. */
  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
