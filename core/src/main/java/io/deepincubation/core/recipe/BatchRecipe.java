package io.deepincubation.core.recipe;

/**
 * Images of an optimizer step: {@code size * accumulation}.
 *
 * @param size images of one forward and backward pass
 * @param accumulation passes whose gradients are averaged into one step
 */
public record BatchRecipe(int size, int accumulation) {

  /** Images of one optimizer step. */
  public int effectiveSize() {
    return size * accumulation;
  }
}
