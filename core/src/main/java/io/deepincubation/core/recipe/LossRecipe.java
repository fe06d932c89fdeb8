package io.deepincubation.core.recipe;

/**
 * The task's loss: cross-entropy with soft targets.
 *
 * @param labelSmoothing the probability spread evenly over all classes
 */
public record LossRecipe(double labelSmoothing) {}
