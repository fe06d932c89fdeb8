package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Epochs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.training.LocalLosses;
import java.util.List;

/** End-to-end training of the target model from fresh weights: the baseline of Tab. 1 and 2. */
public final class EndToEnd implements Method {

  /** Its name. */
  public static final String NAME = "e2e";

  private static final String STAGE = Stages.baseline(NAME);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String title() {
    return "End-to-end";
  }

  @Override
  public List<Stage> stages(Recipe recipe) {
    return HigherResolution.after(List.of(stage(recipe)), recipe);
  }

  /** The one stage of it. */
  public static Stage stage(Recipe recipe) {
    return trained(paired(STAGE, recipe), recipe);
  }

  /** A stage of the target model by the same schedule, but by losses of its modules' own. */
  static Stage local(String name, Recipe recipe, LocalLosses losses) {
    return trained(paired(name, recipe).towards(new StageObjective.Local(losses)), recipe);
  }

  /** Begins a stage of the target model that begins, and sees batches, as this method's does. */
  static Stage.Builder paired(String name, Recipe recipe) {
    return Stage.of(name, recipe, recipe.targetDivision()).fresh(STAGE).drawing(STAGE);
  }

  private static Stage trained(Stage.Builder stage, Recipe recipe) {
    return stage.by("end-to-end", schedule(recipe));
  }

  /**
   * The recipe's schedule of it, as many epochs as it says; where these are {@link Epochs#EQUAL},
   * those whose computed operations are nearest to what all of Deep Incubation takes.
   */
  public static StageRecipe schedule(Recipe recipe) {
    return recipe.endToEnd().stage(() -> epochsOf(new DeepIncubation().stages(recipe), recipe));
  }

  /**
   * Epochs of end-to-end training that take as many computed operations as stages do; the ratio
   * depends on no number of images.
   *
   * @return at least 1
   */
  static int epochsOf(List<Stage> stages, Recipe recipe) {
    Architecture architecture = Architectures.of(recipe, Math.max(1, recipe.model().classes()));
    ModularDivision target = recipe.targetDivision();
    double epoch = StageCost.ofTask(architecture, target, target.allModules()).computed();
    double all =
        stages.stream()
            .filter(s -> s.image() == recipe.model().image()) // both have the others
            .mapToDouble(s -> s.schedule().epochs() * StageCost.of(s, architecture).computed())
            .sum();
    return Math.toIntExact(Math.max(1, Math.round(all / epoch)));
  }
}
