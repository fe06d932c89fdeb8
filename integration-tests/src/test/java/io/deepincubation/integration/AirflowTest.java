package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The DAG of the examples on real Airflows, of which each schedules it once: a driver is killed,
 * and a task that has succeeded is cleared. It needs {@code python3} and, once, the Python package
 * index.
 */
class AirflowTest {

  private static final List<String> TASKS =
      List.of(
          "prepare", "pretrain-meta", "incubate", "assemble", "fine-tune", "evaluate", "report");

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void retriesAfterAKilledDriverAndIsAlreadyDoneWhenCleared(int version) {
    try (var laboratory =
            new Laboratory("airflow-" + version, SparkLine.SPARK_3_5, SmallRun.inOneProcess());
        var airflow = new Airflow(version, laboratory)) {
      isAChainWithRetries(airflow.graph());
      SmallRun.draw(laboratory.file("images"));
      airflow.trigger(
          Map.of(
              "jar", Artefacts.allJar().toString(),
              "source", laboratory.file("images").toUri().toString(),
              "source_format", "cifar",
              "recipe", SmallRun.recipe(laboratory).toString(),
              "runs", laboratory.uri("runs")));

      killTheDriverInMidModule(airflow, laboratory);
      airflow.awaitSuccess();

      assertThat(airflow.tries())
          .containsEntry("incubate", 2)
          .containsOnlyKeys(TASKS)
          .allSatisfy(
              (task, tries) -> assertThat(tries).isEqualTo(task.equals("incubate") ? 2 : 1));
      assertThat(run(laboratory).digests(SmallRun.STAGES)).isEqualTo(Reference.digests());

      airflow.clear("pretrain-meta");
      Await.untilTrue(
          "the second try",
          SmallRun.LIMIT,
          () -> airflow.tries().getOrDefault("pretrain-meta", 0) == 2);
      airflow.awaitSuccess();

      assertThat(airflow.log("pretrain-meta", 1)).doesNotContain("Already done");
      assertThat(airflow.log("pretrain-meta", 2)).contains("Already done in s3a://lake/runs/");
      assertThat(Secrets.leaks(laboratory.file("airflow"), laboratory.keys().words())).isEmpty();
    }
  }

  private static void isAChainWithRetries(JsonObject graph) {
    assertThat(graph.get("id").getAsString()).isEqualTo("deep_incubation");
    List<JsonObject> tasks =
        graph.getAsJsonArray("tasks").asList().stream()
            .map(task -> task.getAsJsonObject())
            .toList();
    assertThat(tasks).extracting(task -> task.get("id").getAsString()).isEqualTo(TASKS);
    assertThat(tasks).allSatisfy(task -> assertThat(task.get("retries").getAsInt()).isEqualTo(2));
    IntStream.range(1, TASKS.size())
        .forEach(
            i ->
                assertThat(tasks.get(i).getAsJsonArray("upstream").toString())
                    .isEqualTo("[\"" + TASKS.get(i - 1) + "\"]"));
  }

  private static void killTheDriverInMidModule(Airflow airflow, Laboratory laboratory) {
    Await.untilTrue(
        "a module in the middle",
        SmallRun.LIMIT,
        () ->
            Files.isDirectory(laboratory.object("runs"))
                && !run(laboratory).modulesInTheMiddle(SmallRun.MODULES).isEmpty());
    assertThat(airflow.driver("incubate").orElseThrow().destroyForcibly()).isTrue();
  }

  /** The one run, in a folder that is named by a date. */
  private static RunFiles run(Laboratory laboratory) {
    try (Stream<Path> folders = Files.list(laboratory.object("runs"))) {
      List<Path> all = folders.toList();
      assertThat(all)
          .singleElement()
          .satisfies(
              folder ->
                  assertThat(folder.getFileName().toString()).matches("20\\d{6}T\\d{6}(\\d{6})?"));
      return new RunFiles(all.get(0).resolve("run"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
