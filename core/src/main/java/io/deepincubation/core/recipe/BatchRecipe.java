package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import java.io.Serializable;

/**
 * Images of an optimizer step: {@code size * accumulation}.
 *
 * @param size images of one forward and backward pass
 * @param accumulation passes whose gradients are averaged into one step
 * @param recomputeActivations whether the backward pass computes a layer's activations again
 *     instead of keeping them from the forward pass: a third more time, a fraction of the memory,
 *     the same bits. For vision transformers on a processor
 */
public record BatchRecipe(
    @AtLeast(1) int size, @AtLeast(1) int accumulation, boolean recomputeActivations)
    implements Serializable {

  /** Images of one optimizer step. */
  public int effectiveSize() {
    return size * accumulation;
  }
}
