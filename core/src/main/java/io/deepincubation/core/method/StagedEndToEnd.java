package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import java.util.List;

/**
 * Staged end-to-end training (Sec. 4.3): the target model is trained end to end for what meta
 * pre-training and incubation cost, by the incubation's schedule; then fine-tuned as in Deep
 * Incubation. It shows what of the gain is the restart of the schedule alone.
 */
public final class StagedEndToEnd implements Method {

  private static final String NAME = "staged-e2e";

  /** Before fine-tuning. */
  private static final String FIRST = "first";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Staged end-to-end";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    Stage first =
        EndToEnd.paired(Stages.baseline(NAME, FIRST), recipe).by("incubation", schedule(recipe));
    Stage tuned = DeepIncubation.fineTuning(Stages.baseline(NAME, Stages.FINAL), recipe, first);
    return HigherResolution.after(List.of(first, tuned), recipe);
  }

  /** The incubation's, as long as what it takes the place of costs; its warm-up scaled along. */
  private static StageRecipe schedule(Recipe recipe) {
    List<Stage> before =
        new DeepIncubation()
            .stages(recipe).stream().takeWhile(s -> !s.name().equals(Stages.FINAL)).toList();
    int epochs = EndToEnd.epochsOf(before, recipe);
    return recipe.incubation().stage().lasting(epochs);
  }
}
