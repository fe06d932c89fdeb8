package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.training.LocalLosses;
import java.util.List;

/**
 * Decoupled greedy learning (Belilovsky et al., 2020): each module is trained on the task's loss at
 * an auxiliary head of its own; gradients never cross a module's boundary. First weights, batches
 * and schedule are those of end-to-end training.
 */
public final class Dgl implements Method {

  private static final String NAME = "dgl";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "DGL";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    LocalLosses losses = LocalLosses.dgl(recipe.division().modules());
    return HigherResolution.after(
        List.of(EndToEnd.local(Stages.baseline(NAME), recipe, losses)), recipe);
  }
}
