package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegativeEach;
import java.io.Serializable;

/**
 * The task's loss: cross-entropy with soft targets; where images have several labels, the binary
 * cross-entropy of each class.
 *
 * @param labelSmoothing the probability spread evenly over all classes; of several labels, over the
 *     two answers for each class
 * @param classWeights what each class's share of the loss is multiplied by, of several labels that
 *     of the images that have the class: a list of numbers in the order of the classes, numbers by
 *     name such as {@code {cat: 2}}, or {@code balanced}: images / (classes * images of the class),
 *     of several labels images without the class / images with it; {@code none}: 1
 */
public record LossRecipe(
    @BelowOne double labelSmoothing, @NotNegativeEach ClassWeights classWeights)
    implements Serializable {}
