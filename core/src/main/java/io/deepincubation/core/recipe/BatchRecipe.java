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
 * @param sampling how an epoch's images are drawn
 */
public record BatchRecipe(
    @AtLeast(1) int size,
    @AtLeast(1) int accumulation,
    boolean recomputeActivations,
    Sampling sampling)
    implements Serializable {

  /** How an epoch's images are drawn. */
  public enum Sampling {
    /** Each image once. */
    UNIFORM,
    /**
     * Each class as often as any other, images of rare ones several times, each time augmented
     * anew; of several labels, images without any make up one more. Where images are streamed, the
     * classes of those that are mixed at a time.
     */
    BALANCED
  }

  /** Images of one optimizer step. */
  public int effectiveSize() {
    return size * accumulation;
  }
}
