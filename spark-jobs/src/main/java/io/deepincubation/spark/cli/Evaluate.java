package io.deepincubation.spark.cli;

import com.google.gson.JsonObject;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.spark.Evaluation;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description = "Measures a committed network on the test split, from its files.")
final class Evaluate extends Verb {

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      defaultValue = Stages.FINAL,
      description =
          "The stage of a whole network, such as final or baselines/e2e; default ${DEFAULT-VALUE}.")
  private String stage = Stages.FINAL;

  @Override
  Answer answer() {
    Recipe recipe = run.recipe();
    try (CliSession session = CliSession.start(run.places(), output())) {
      Evaluation evaluation =
          SparkDeepIncubation.on(session.spark())
              .recipe(recipe)
              .trainingData(run.data())
              .runFolder(run.run())
              .progress(session.board())
              .evaluate(stage);
      var json = new JsonObject();
      json.addProperty("stage", stage);
      json.addProperty("accuracy", evaluation.accuracy());
      json.addProperty("images", evaluation.images());
      json.addProperty("run", run.run());
      String line =
          String.format(
              Locale.ROOT,
              "%s: top-1 %s of %,d test images",
              stage,
              Results.percent(evaluation.accuracy()),
              evaluation.images());
      return new Answer(List.of(line), json);
    }
  }
}
