package io.deepincubation.core.recipe;

/**
 * One thing that is wrong with a recipe.
 *
 * @param key dotted path, such as {@code fine-tuning.epochs}
 * @param complaint what was expected, and what was found
 */
record RecipeProblem(String key, String complaint) {

  /** A value that is not as it must be. */
  static RecipeProblem unexpected(String key, String expected, Object got) {
    return new RecipeProblem(key, "expected " + expected + ", got " + got);
  }
}
