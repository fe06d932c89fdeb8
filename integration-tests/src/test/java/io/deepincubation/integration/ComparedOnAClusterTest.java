package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A comparison on two executors with S3 whose driver is killed in the middle: given again it ends
 * in the table of one quiet process, and trains nothing twice that was finished.
 */
class ComparedOnAClusterTest {

  private static final int WORKERS = 2;
  private static final int TRAININGS = 6;

  /** Of the time from the first task to the last; the rest is the last training's own. */
  private static final double BOTH_BUSY = 0.5;

  private static Submission compare(
      Submission submission, Laboratory laboratory, String data, String to) {
    return submission.verb(
        "compare",
        "--methods",
        "deep-incubation,e2e",
        "--seeds",
        "3",
        "--as-is",
        "--recipe",
        SmallRun.recipe(laboratory).toString(),
        "--set",
        "incubation.epochs=3",
        "--set",
        "end-to-end.epochs=4",
        "--data",
        data,
        "--to",
        to,
        "--json");
  }

  /** What the table and its claims are made of: no times. */
  private static List<String> table(JsonObject answer) {
    var table = new ArrayList<String>();
    JsonObject comparison = answer.getAsJsonObject("comparison");
    for (JsonElement row : comparison.getAsJsonArray("rows")) {
      table.add(row.getAsJsonObject().get("top1").toString());
      for (JsonElement cell : row.getAsJsonObject().getAsJsonArray("cells")) {
        JsonObject facts = cell.getAsJsonObject();
        table.add(facts.get("folder") + " " + facts.get("computedFlops") + facts.get("right"));
        for (JsonElement stage : facts.getAsJsonArray("stages")) {
          table.add(stage.getAsJsonObject().get("sha256").getAsString());
        }
      }
    }
    comparison.getAsJsonArray("pairs").forEach(pair -> table.add(pair.toString()));
    return table;
  }

  private static JsonObject quiet() {
    try (var laboratory =
        new Laboratory("compared-quiet", SparkLine.SPARK_3_5, SmallRun.inOneProcess())) {
      Path images = laboratory.file("images");
      SmallRun.draw(images);
      Submission local = Submission.to("local[2]", laboratory.home());
      String data = laboratory.file("data").toUri().toString();
      SmallRun.finish(SmallRun.prepare(local, images, data).start("prepare", laboratory.logs()));
      LocalProcess process =
          compare(local, laboratory, data, laboratory.file("compared").toUri().toString())
              .start("compare", laboratory.logs());
      SmallRun.finish(process);
      return SmallRun.answer(process.out());
    }
  }

  /** Results of trained target models, by their file. */
  private static Map<String, String> finished(Path cells) {
    var finished = new TreeMap<String, String>();
    if (!Files.isDirectory(cells)) {
      return finished;
    }
    try (Stream<Path> files = Files.walk(cells)) {
      for (Path file : files.filter(ComparedOnAClusterTest::isModel).toList()) {
        finished.put(file.toString(), Files.readString(file));
      }
    } catch (IOException | UncheckedIOException e) {
      return finished; // The store moves files while they are looked at.
    }
    return finished;
  }

  private static boolean isModel(Path file) {
    return file.endsWith("final/result.json") || file.endsWith("baselines/e2e/result.json");
  }

  @Test
  void aKilledComparisonEndsInTheSameTable() {
    JsonObject quiet = quiet();
    try (var laboratory = new Laboratory("compared", SparkLine.SPARK_3_5, SmallRun.SETTINGS)) {
      StandaloneCluster cluster = laboratory.cluster(WORKERS);
      Path images = laboratory.file("images");
      SmallRun.draw(images);
      Submission submission = Submission.to(cluster.masterUrl(), laboratory.home());
      String data = laboratory.uri("data");
      SmallRun.finish(
          SmallRun.prepare(submission, images, data).start("prepare", laboratory.logs()));
      Submission comparison = compare(submission, laboratory, data, laboratory.uri("compared"));
      Path cells = laboratory.object("compared/cells");

      LocalProcess killed = comparison.start("killed", laboratory.logs());
      Await.untilTrue("a training that is done", SmallRun.LIMIT, () -> !finished(cells).isEmpty());
      killed.kill();
      Map<String, String> before = finished(cells);
      LocalProcess again = comparison.start("again", laboratory.logs());
      SmallRun.finish(again);
      JsonObject work = SmallRun.answer(again.out()).getAsJsonObject("work");

      assertThat(table(SmallRun.answer(again.out()))).isEqualTo(table(quiet));
      assertThat(work.get("trainings").getAsInt()).isEqualTo(TRAININGS);
      assertThat(work.get("found").getAsInt()).isEqualTo(before.size()).isPositive();
      assertThat(work.get("trained").getAsInt()).isEqualTo(TRAININGS - before.size());
      assertThat(finished(cells)).containsAllEntriesOf(before);
      assertThat(work.getAsJsonObject("busy").get("2").getAsDouble()).isGreaterThan(BOTH_BUSY);
    }
  }
}
