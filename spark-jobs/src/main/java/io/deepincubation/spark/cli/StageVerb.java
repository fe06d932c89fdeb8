package io.deepincubation.spark.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.SparkDeepIncubation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;

/** A verb that trains and commits stages. */
abstract class StageVerb extends Verb {

  @Mixin private final RunOptions run = new RunOptions();

  /** Trains. */
  abstract List<StageResult> train(SparkDeepIncubation incubation);

  @Override
  final Answer answer() {
    checkOptions();
    Recipe recipe = run.recipe();
    Instant start = Instant.now();
    try (CliSession session = CliSession.start(run.places(), output())) {
      var folder = new RunFolder(session.storages().open(run.run()));
      Set<String> before = committed(folder);
      List<StageResult> results = train(incubation(session, recipe));
      boolean alreadyDone = results.stream().allMatch(r -> before.contains(r.stage()));
      String report = new RunReport(folder).write();
      double seconds = Duration.between(start, Instant.now()).toMillis() / 1000.0;
      return answer(results, alreadyDone, report, seconds);
    }
  }

  /** Checks options of the verb's own before anything starts. */
  void checkOptions() {}

  private SparkDeepIncubation incubation(CliSession session, Recipe recipe) {
    return SparkDeepIncubation.on(session.spark())
        .recipe(recipe)
        .trainingData(run.data())
        .runFolder(run.run())
        .progress(session.board());
  }

  private static Set<String> committed(RunFolder folder) {
    if (folder.runRecord().isEmpty()) {
      return Set.of();
    }
    return new RunReport(folder)
        .results().stream().map(StageResult::stage).collect(Collectors.toSet());
  }

  private Answer answer(
      List<StageResult> results, boolean alreadyDone, String report, double seconds) {
    var lines = new ArrayList<>(Results.table(results));
    lines.add((alreadyDone ? "Already done" : "Done") + " in " + run.run());
    lines.add("Report: " + report);
    var json = new JsonObject();
    json.addProperty("status", alreadyDone ? "already-done" : "done");
    json.addProperty("run", run.run());
    json.addProperty("report", report);
    json.addProperty("seconds", seconds);
    results
        .get(results.size() - 1)
        .measuredAccuracy()
        .ifPresent(a -> json.addProperty("accuracy", a));
    json.add("stages", new Gson().toJsonTree(results));
    return new Answer(lines, json);
  }
}
