package io.deepincubation.spark.cli;

import io.deepincubation.core.advice.ResultWarnings;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.SparkDeepIncubation;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A verb that trains and commits stages. */
abstract class StageVerb extends Verb {

  /** The answer's JSON. */
  private record Facts(
      String status,
      String run,
      String report,
      double seconds,
      @Nullable Double accuracy,
      String measure,
      @Nullable Double value,
      List<StageResult> stages,
      List<String> warnings) {}

  @Mixin private final RunOptions run = new RunOptions();

  @Option(
      names = "--from-run",
      paramLabel = "URI",
      description = "Another run's folder; its committed stages of equal key are taken.")
  private @Nullable String fromRun;

  @Mixin private final TrackOptions track = new TrackOptions();

  /** How the target model is trained. */
  Method method() {
    return new DeepIncubation();
  }

  /**
   * What is trained by.
   *
   * @param given the recipe with its overrides
   * @param storages where the session reads
   */
  Recipe recipe(Recipe given, StorageFactory storages) {
    return given;
  }

  /** Trains: all stages, unless the verb is for some. */
  List<StageResult> train(SparkDeepIncubation incubation) {
    return incubation.run().stages();
  }

  @Override
  final Answer answer() {
    Method method = method();
    Recipe given = run.recipe();
    track.requireKnown();
    Instant start = Instant.now();
    try (CliSession session = CliSession.start(run.places(), output())) {
      Recipe recipe = recipe(given, session.storages());
      var folder = new RunFolder(session.storages().open(run.run()));
      Set<String> before = committed(folder);
      List<StageResult> results = train(incubation(session, method, recipe));
      boolean alreadyDone = results.stream().allMatch(r -> before.contains(r.stage()));
      String report = new RunReport(folder).write();
      double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
      List<String> warnings =
          method.name().equals(DeepIncubation.NAME)
              ? ResultWarnings.of(recipe, results, testImages(session))
              : List.of();
      return answer(results, alreadyDone, report, seconds, warnings);
    }
  }

  /** Images that networks are measured on: of the split test, or of val where there is no test. */
  private long testImages(CliSession session) {
    DataIndex index = PreparedSet.open(session.storages().open(run.data())).index();
    long test = index.count(ImageSource.TEST);
    return test > 0 ? test : index.count("val");
  }

  private SparkDeepIncubation incubation(CliSession session, Method method, Recipe recipe) {
    SparkDeepIncubation incubation =
        SparkDeepIncubation.on(session.spark())
            .method(method)
            .recipe(recipe)
            .trainingData(run.data())
            .runFolder(run.run())
            .progress(session.board());
    return track.applyTo(fromRun == null ? incubation : incubation.fromRun(fromRun));
  }

  private static Set<String> committed(RunFolder folder) {
    if (folder.runRecord().isEmpty()) {
      return Set.of();
    }
    return new RunReport(folder)
        .results().stream().map(StageResult::stage).collect(Collectors.toSet());
  }

  private Answer answer(
      List<StageResult> results,
      boolean alreadyDone,
      String report,
      double seconds,
      List<String> warnings) {
    var lines = new ArrayList<>(Results.table(results));
    lines.add((alreadyDone ? "Already done" : "Done") + " in " + run.run());
    lines.add("Report: " + report);
    warnings.forEach(warning -> lines.add(Answer.WARNING + warning));
    Double value = results.get(results.size() - 1).measuredAccuracy().orElse(null);
    String measure = StageResult.primary(results);
    return new Answer(
        lines,
        new Facts(
            alreadyDone ? "already-done" : "done",
            run.run(),
            report,
            seconds,
            Results.isAccuracy(measure) ? value : null,
            measure,
            value,
            results,
            warnings));
  }
}
