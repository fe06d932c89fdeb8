package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.BelowOne;
import java.io.Serializable;

/**
 * The task's loss: cross-entropy with soft targets.
 *
 * @param labelSmoothing the probability spread evenly over all classes
 */
public record LossRecipe(@BelowOne double labelSmoothing) implements Serializable {}
