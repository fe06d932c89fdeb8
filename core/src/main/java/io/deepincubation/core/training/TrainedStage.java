package io.deepincubation.core.training;

import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.run.Assignment;
import org.jspecify.annotations.Nullable;

/**
 * What a training is called, and how long it lasts.
 *
 * @param assignment the stage, or a worker's part of a round of it
 * @param module the module that is kept, from 0, or null for a whole network
 * @param modules modules of the network, K
 * @param schedule epochs and clipping
 */
public record TrainedStage(
    Assignment assignment, @Nullable Integer module, int modules, StageRecipe schedule) {

  /** The stage's name, which tells one training from another in a run. */
  String name() {
    return assignment.stage();
  }
}
