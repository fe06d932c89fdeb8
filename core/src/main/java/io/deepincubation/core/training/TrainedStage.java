package io.deepincubation.core.training;

import io.deepincubation.core.recipe.StageRecipe;
import org.jspecify.annotations.Nullable;

/**
 * What a training is called, and how long it lasts.
 *
 * @param name the stage's name, which tells one training from another in a run
 * @param module the module that is kept, from 0, or null for a whole network
 * @param modules modules of the network, K
 * @param schedule epochs and clipping
 */
public record TrainedStage(
    String name, @Nullable Integer module, int modules, StageRecipe schedule) {}
