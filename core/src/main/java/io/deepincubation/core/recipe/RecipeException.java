package io.deepincubation.core.recipe;

/** A recipe, an option or an argument is wrong. The message lists every problem and its mend. */
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
