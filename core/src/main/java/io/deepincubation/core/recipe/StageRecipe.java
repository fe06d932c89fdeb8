package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.Positive;

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
    @AtLeast(0) int epochs,
    @AtLeast(0) int warmUpEpochs,
    @BelowOne double stochasticDepth,
    @NotNegative double clipNorm,
    @Positive double rateFactor) {}
