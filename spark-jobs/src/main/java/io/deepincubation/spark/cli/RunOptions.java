package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Recipe;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is trained, on what, and where results go. */
final class RunOptions {

  @Mixin private final RecipeOptions.Required recipe = new RecipeOptions.Required();

  @Mixin private final DataOptions data = new DataOptions();

  @Option(
      names = "--run",
      required = true,
      paramLabel = "URI",
      description = "The run's folder; what is committed in it is not repeated.")
  private String run = "";

  @Mixin private final PlaceOptions places = new PlaceOptions();

  /** The recipe with its overrides, checked. */
  Recipe recipe() {
    return recipe.recipe();
  }

  String data() {
    return data.data();
  }

  String run() {
    return run;
  }

  PlaceOptions places() {
    return places;
  }
}
