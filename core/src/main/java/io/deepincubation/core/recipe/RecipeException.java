package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Stable;

/** A recipe is wrong, or not the one that is asked for. The message lists every problem. */
@Stable
public final class RecipeException extends RuntimeException {

  /** States the problems. */
  public RecipeException(String message) {
    super(message);
  }

  /** States the problems, with what found them. */
  public RecipeException(String message, Throwable cause) {
    super(message, cause);
  }
}
