package io.deepincubation.spark.cli;

import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.SparkDeepIncubation;
import io.deepincubation.spark.comparison.SparkComparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "quickstart",
    description =
        "Draws images, runs the whole method on them, trains the same model end to end at equal"
            + " cost, and compares.")
final class Quickstart extends Verb {

  private static final int SHARD_SIZE = 2000;
  private static final long DATA_SEED = 1;
  private static final List<String> METHODS = List.of(DeepIncubation.NAME, EndToEnd.NAME);

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "deep-incubation-quickstart",
      description = "A folder of this machine; default ./${DEFAULT-VALUE}.")
  private Path out = Path.of("deep-incubation-quickstart");

  @Mixin private final RecipeOptions.Known recipe = new RecipeOptions.Known("quickstart");

  @Option(
      names = "--train-images",
      paramLabel = "N",
      defaultValue = "6000",
      description = "Images to train on; default ${DEFAULT-VALUE}.")
  private int trainImages = 6000;

  @Option(
      names = "--test-images",
      paramLabel = "N",
      defaultValue = "2400",
      description = "Images to measure on; default ${DEFAULT-VALUE}.")
  private int testImages = 2400;

  @Mixin private final PlaceOptions places = new PlaceOptions();

  @Mixin private final TrackOptions track = new TrackOptions();

  /** The answer's JSON. */
  private record Facts(
      String status,
      String run,
      String report,
      QuickstartResult.Facts comparison,
      List<StageResult> stages) {}

  @Override
  Answer answer() {
    Recipe resolved = recipe.recipe();
    checkCounts();
    track.requireKnown();
    try (CliSession session = CliSession.start(places, output())) {
      draw(session.storages().open(uri("data")), resolved.model().image());
      SparkDeepIncubation incubation = incubation(session, resolved);
      var folder = new RunFolder(session.storages().open(uri("run")));
      boolean alreadyDone =
          folder.runRecord().isPresent()
              && incubation.stages().stream().allMatch(s -> folder.result(s.name()).isPresent());
      IncubationReport report = incubation.run();
      var stages = new ArrayList<>(report.stages());
      stages.addAll(incubation.method(new EndToEnd()).run().stages());
      new RunReport(folder).write();
      Comparison comparison = SparkComparison.on(session.spark()).ofRun(METHODS, uri("run"));
      return answer(new QuickstartResult(stages, comparison), alreadyDone);
    }
  }

  private void checkCounts() {
    if (trainImages < 1 || testImages < 1) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot draw images: expected --train-images and --test-images from 1, got %d and %d",
              trainImages,
              testImages));
    }
  }

  /** Draws the set unless it is there. */
  private void draw(Storage storage, int side) {
    if (!storage.exists(DataIndex.FILE)) {
      var shapes = new SyntheticShapes(DATA_SEED, side, trainImages, testImages);
      new PreparedSetWriter(storage).write(shapes, DATA_SEED, SHARD_SIZE);
    }
    DataIndex index = PreparedSet.open(storage).index();
    if (index.count(ImageSource.TRAIN) != trainImages
        || index.count(ImageSource.TEST) != testImages) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot use %s: expected %d and %d images, got %d and %d of an earlier quickstart;"
                  + " choose another --out or delete it",
              storage.uri(),
              trainImages,
              testImages,
              index.count(ImageSource.TRAIN),
              index.count(ImageSource.TEST)));
    }
  }

  private SparkDeepIncubation incubation(CliSession session, Recipe resolved) {
    SparkDeepIncubation incubation =
        SparkDeepIncubation.on(session.spark())
            .recipe(resolved)
            .trainingData(uri("data"))
            .runFolder(uri("run"))
            .progress(session.board());
    return track.applyTo(incubation).recipe(incubation.equalCost(new EndToEnd()));
  }

  private String uri(String folder) {
    return LocalStorage.uri(out.resolve(folder));
  }

  private Answer answer(QuickstartResult result, boolean alreadyDone) {
    Path html = out.toAbsolutePath().normalize().resolve("run").resolve("report.html");
    var lines = new ArrayList<>(result.lines());
    lines.add((alreadyDone ? "Already done" : "Done") + " in " + out);
    lines.add("Report: " + html);
    return new Answer(
        lines,
        new Facts(
            alreadyDone ? "already-done" : "done",
            uri("run"),
            html.toString(),
            result.facts(),
            result.stages()));
  }
}
