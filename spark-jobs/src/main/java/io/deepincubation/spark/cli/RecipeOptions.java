package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A recipe and what overrides it. */
abstract class RecipeOptions {

  /** A recipe that must be named. */
  static final class Required extends RecipeOptions {

    @Option(
        names = "--recipe",
        required = true,
        paramLabel = "FILE|NAME",
        description = "A YAML file, or the name of a recipe that the library brings.")
    private String name = "";

    @Override
    String name() {
      return name;
    }
  }

  /** A recipe that is known unless another is named. */
  static final class Known extends RecipeOptions {

    @Option(
        names = "--recipe",
        paramLabel = "FILE|NAME",
        description =
            "A YAML file, or the name of a recipe that the library brings; default"
                + " ${DEFAULT-VALUE}.")
    private String name;

    Known(String name) {
      this.name = name;
    }

    @Override
    String name() {
      return name;
    }
  }

  /** The recipe that a run has, unless another is named. */
  static final class OfRun extends RecipeOptions {

    @Option(
        names = "--recipe",
        paramLabel = "FILE|NAME",
        description =
            "A YAML file, or the name of a recipe that the library brings; default the run's own.")
    private String name = "";

    @Override
    String name() {
      return name;
    }

    /** The recipe with its overrides, checked. */
    Recipe recipe(Supplier<Recipe> ofRun) {
      return name.isEmpty() ? RecipeYaml.override(ofRun.get(), all()) : recipe();
    }
  }

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

  /** A file, or the name of a recipe. */
  abstract String name();

  /** The recipe with its overrides, checked. */
  final Recipe recipe() {
    return Recipes.resolve(name(), all());
  }

  /** What overrides the recipe. */
  final List<String> all() {
    var all = new ArrayList<>(overrides);
    if (seed != null) {
      all.add("seed=" + seed);
    }
    return all;
  }
}
