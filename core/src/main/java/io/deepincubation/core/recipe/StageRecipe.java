package io.deepincubation.core.recipe;

/**
 * One training stage.
 *
 * @param epochs passes over the training split
 * @param warmUpEpochs epochs of linear warm-up
 * @param stochasticDepth probability of dropping the last layer's branches; rises linearly from 0
 * @param clipNorm largest global gradient norm; 0 for no clipping
 * @param rateFactor multiplies the recipe's base rate in this stage
 */
public record StageRecipe(
    int epochs, int warmUpEpochs, double stochasticDepth, double clipNorm, double rateFactor) {}
