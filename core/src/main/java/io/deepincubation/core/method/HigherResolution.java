package io.deepincubation.core.method;

import io.deepincubation.core.recipe.HigherResolutionRecipe;
import io.deepincubation.core.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;

/**
 * What follows a method where the recipe asks for it: its trained model is fine-tuned on larger
 * images, a vision transformer's position embedding interpolated (Sec. 4.1).
 */
final class HigherResolution {

  /** The recipe's key of its schedule. */
  static final String SCHEDULE = "higher-resolution";

  private HigherResolution() {}

  /**
   * The stages of a method with the one that follows.
   *
   * @param stages of the method; the last one is its trained model
   * @return with a stage of the model's name and the images' side, such as {@code final-384}
   */
  static List<Stage> after(List<Stage> stages, Recipe recipe) {
    HigherResolutionRecipe higher = recipe.higherResolution();
    if (!higher.isOn()) {
      return stages;
    }
    Stage model = stages.get(stages.size() - 1);
    var all = new ArrayList<>(stages);
    all.add(
        Stage.of(Stages.at(model.name(), higher.image()), recipe, recipe.targetDivision())
            .image(higher.image())
            .from(model)
            .drawing(Stages.at(Stages.FINAL, higher.image()))
            .by(SCHEDULE, higher.stage()));
    return List.copyOf(all);
  }
}
