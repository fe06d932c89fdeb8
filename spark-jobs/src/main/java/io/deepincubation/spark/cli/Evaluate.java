package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.Evaluation;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "evaluate",
    description = "Measures a committed network on the test split, from its files.")
final class Evaluate extends Verb {

  @Mixin private final RunOptions run = new RunOptions();

  @Mixin private final StageOptions network = new StageOptions();

  /** The answer's JSON. */
  private record Facts(String stage, double accuracy, long images, String run) {}

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
              .evaluate(network.stage());
      String line =
          String.format(
              Locale.ROOT,
              "%s: top-1 %s of %,d test images",
              network.stage(),
              Quantities.percent(evaluation.accuracy()),
              evaluation.images());
      return new Answer(
          List.of(line),
          new Facts(network.stage(), evaluation.accuracy(), evaluation.images(), run.run()));
    }
  }
}
