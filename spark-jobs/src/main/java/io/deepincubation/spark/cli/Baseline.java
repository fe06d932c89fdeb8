package io.deepincubation.spark.cli;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "baseline",
    description = "Trains the target model another way, with the same recipe and data.")
final class Baseline extends StageVerb {

  private static final List<String> METHODS = List.of("e2e");

  @Option(
      names = "--method",
      required = true,
      paramLabel = "METHOD",
      description = "e2e: end to end, as the recipe's end-to-end stage says.")
  private String method = "";

  @Override
  void checkOptions() {
    if (!METHODS.contains(method)) {
      throw new RecipeException(
          "Cannot train a baseline: expected --method of " + METHODS + ", got " + method);
    }
  }

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return List.of(incubation.trainEndToEnd());
  }
}
