package io.deepincubation.core.data.pixels;

import io.deepincubation.core.api.Stable;

/** Data cannot be read or does not fit the recipe. The message names the file and what to do. */
@Stable
public final class UnfitDataException extends RuntimeException {

  /** States the problem. */
  public UnfitDataException(String message) {
    super(message);
  }

  /** States the problem, with what found it. */
  public UnfitDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
