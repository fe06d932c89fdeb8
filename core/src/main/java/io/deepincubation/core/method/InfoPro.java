package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.training.LocalLosses;
import java.util.List;

/**
 * InfoPro (Wang et al., 2021), with cross-entropy: local training as {@link Dgl} has it, whose
 * losses also ask that the input can be reconstructed of a module's output. First weights, batches
 * and schedule are those of end-to-end training.
 */
public final class InfoPro implements Method {

  private static final String NAME = "infopro";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "InfoPro";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    LocalLosses losses =
        LocalLosses.infoPro(
            between(recipe.local().lambda1(), recipe), between(recipe.local().lambda2(), recipe));
    return HigherResolution.after(
        List.of(EndToEnd.local(Stages.baseline(NAME), recipe, losses)), recipe);
  }

  /** Factors from the first local module's to the last one's. */
  private static List<Double> between(List<Double> ends, Recipe recipe) {
    return LocalLosses.interpolated(ends.get(0), ends.get(1), recipe.division().modules());
  }
}
