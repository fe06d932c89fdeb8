package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is trained, on what, and where results go. */
final class RunOptions {

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE|NAME",
      description = "A YAML file, or the name of a recipe that the library brings.")
  private String recipe = "";

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "The folder that `prepare` made.")
  private String data = "";

  @Option(
      names = "--run",
      required = true,
      paramLabel = "URI",
      description = "The run's folder; what is committed in it is not repeated.")
  private String run = "";

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a recipe key, such as fine-tuning.epochs=5. Repeatable.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The root of every random draw; the same as --set seed=N.")
  private @Nullable Long seed;

  @Mixin private final ThreadOption threads = new ThreadOption();

  /** The recipe with its overrides, checked. */
  Recipe recipe() {
    var all = new ArrayList<>(overrides);
    if (seed != null) {
      all.add("seed=" + seed);
    }
    return Recipes.resolve(recipe, all);
  }

  String data() {
    return data;
  }

  String run() {
    return run;
  }

  ThreadOption threads() {
    return threads;
  }
}
