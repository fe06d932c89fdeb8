package io.deepincubation.spark.cli;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.spark.Evaluation;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "evaluate",
    description =
        "Measures a committed network on a split, from its files, by the run's own recipe.")
final class Evaluate extends Verb {

  @Mixin private final RunFolderOptions run = new RunFolderOptions();

  @Mixin private final RecipeOptions.OfRun recipe = new RecipeOptions.OfRun();

  @Option(
      names = "--data",
      paramLabel = "URI",
      description = "The folder that `prepare` made; default the one that the run trained on.")
  private String data = "";

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "The split to measure on; default test, or val where there is no test.")
  private String split = "";

  @Option(
      names = "--multi-scale",
      description =
          "Measures a network of segmentation by twelve looks at each image: six sizes, each"
              + " mirrored, too.")
  private boolean multiScale;

  @Mixin private final StageOptions network = new StageOptions();

  @Mixin private final PlaceOptions places = new PlaceOptions();

  /** The answer's JSON. */
  private record Facts(
      String stage,
      String split,
      @Nullable Double accuracy,
      String measure,
      double value,
      long images,
      long unanswered,
      Map<String, Double> metrics,
      List<String> classNames,
      ClassMeasures classes,
      String run) {}

  @Override
  Answer answer() {
    try (CliSession session = CliSession.start(places, output())) {
      Recipe resolved = recipe.recipe(() -> begun(session).recipe());
      SparkDeepIncubation incubation =
          SparkDeepIncubation.on(session.spark())
              .recipe(resolved)
              .trainingData(data.isEmpty() ? begun(session).dataUri() : data)
              .runFolder(run.run())
              .progress(session.board());
      Evaluation evaluation =
          multiScale
              ? incubation.evaluateAtSeveralScales(network.stage(), split)
              : incubation.evaluate(network.stage(), split);
      return new Answer(
          MeasureLines.of(evaluation),
          new Facts(
              network.stage(),
              evaluation.split(),
              Results.isAccuracy(evaluation.metrics().primary()) ? evaluation.accuracy() : null,
              evaluation.metrics().primary(),
              evaluation.metrics().value(),
              evaluation.images(),
              evaluation.unanswered(),
              evaluation.metrics().values(),
              evaluation.classNames(),
              evaluation.classes(),
              run.run()));
    }
  }

  /** What is known of the run. */
  private RunReport begun(CliSession session) {
    return RunReport.of(session.spark(), run.run());
  }
}
