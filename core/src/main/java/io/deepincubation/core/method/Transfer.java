package io.deepincubation.core.method;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.TransferRecipe;
import java.util.List;
import java.util.Set;

/**
 * Training of a trained network on a dense task (Sec. 4.2): one stage that begins with the recipe's
 * {@code initial-weights}, the backbone, and with fresh parts for the task.
 */
public final class Transfer implements Method {

  /** The method, its stage, and the recipe's key of its schedule. */
  public static final String NAME = "transfer";

  static final String SCHEDULE = "transfer";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "Transfer";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    TransferRecipe transfer = recipe.transfer();
    Stage.Builder stage = Stage.of(NAME, recipe, recipe.targetDivision());
    int last = recipe.targetDivision().moduleCount() - 1;
    return List.of(
        (transfer.freezeBackbone() ? stage.training(Set.of(last)) : stage)
            .by(SCHEDULE, transfer.stage()));
  }
}
