package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.integration.AirflowStandIn.Graph;
import io.deepincubation.integration.AirflowStandIn.Task;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Airflow DAG of the examples. It needs {@code python3} and fails where there is none. */
class AirflowTest {

  private static final String DATE = "2026-11-02T03:04:05";
  private static final Map<String, String> YARN =
      Map.of(
          "master", "yarn",
          "deploy-mode", "cluster",
          "yarn_resourcemanager_webapp_address", "http://127.0.0.1:8088");
  private static final List<String> STAGES =
      List.of(
          "prepare", "pretrain-meta", "incubate", "assemble", "fine-tune", "evaluate", "report");

  @TempDir private Path logs;

  @BeforeEach
  void thereIsPython() {
    assertThat(AirflowStandIn.python()).as("python3 on the PATH").isPresent();
  }

  @Test
  void theFileIsPython() {
    AirflowStandIn.compile(logs);
  }

  @ParameterizedTest
  @FieldSource("io.deepincubation.integration.AirflowStandIn#VERSIONS")
  void oneTaskAStageInAChain(String version) {
    Graph graph = AirflowStandIn.load(version, DATE, YARN, Map.of(), logs);

    assertThat(graph.id()).isEqualTo("deep_incubation");
    assertThat(graph.catchup()).isFalse();
    assertThat(graph.tasks()).extracting(Task::id).isEqualTo(STAGES);
    assertThat(graph.tasks().get(0).upstream()).isEmpty();
    IntStream.range(1, STAGES.size())
        .forEach(
            i ->
                assertThat(graph.tasks().get(i).upstream())
                    .as(STAGES.get(i))
                    .containsExactly(STAGES.get(i - 1)));
  }

  @ParameterizedTest
  @FieldSource("io.deepincubation.integration.AirflowStandIn#VERSIONS")
  void foldersComeFromTheLogicalDate(String version) {
    Graph graph = AirflowStandIn.load(version, DATE, YARN, Map.of("runs", "s3a://some/runs"), logs);

    assertThat(graph.tasks())
        .allSatisfy(
            task -> {
              assertThat(task.templated())
                  .containsExactly("application", "application_args", "conf", "name");
              assertThat(task.retries()).isEqualTo(2);
              assertThat(String.join(" ", task.command()))
                  .contains("s3a://some/runs/20261102T030405/")
                  .doesNotContain("{{")
                  .doesNotContainIgnoringCase("secret");
            });
    assertThat(graph.tasks().get(4).command())
        .containsSequence("--data", "s3a://some/runs/20261102T030405/data")
        .containsSequence("--run", "s3a://some/runs/20261102T030405/run");
  }

  @Test
  void aRunWithoutALogicalDateGoesByTheTimeItRunsAfter() {
    Graph graph = AirflowStandIn.load("3.3", "none", YARN, Map.of("runs", "s3a://some/runs"), logs);

    assertThat(graph.tasks().get(6).command())
        .containsSequence("report", "--run", "s3a://some/runs/20260203T040506/run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2.6", "2.10"})
  void oldProvidersAreNotAskedForWhatTheyDoNotKnow(String version) {
    Graph graph = AirflowStandIn.load(version, DATE, YARN, Map.of(), logs);

    assertThat(graph.tasks()).noneMatch(Task::yarnTracked);
  }

  @Test
  void durableTasksFollowYarnByItsRestApi() {
    Graph graph = AirflowStandIn.load("3.3", DATE, YARN, Map.of(), logs);

    assertThat(graph.tasks()).allMatch(Task::yarnTracked);
  }

  @Test
  void everyTaskMayRunTwice() {
    try (var laboratory = new Laboratory("airflow", SparkLine.SPARK_3_5, SmallRun.SETTINGS);
        StandaloneCluster cluster = laboratory.cluster(2)) {
      SmallRun.draw(laboratory.file("images"));
      Graph graph =
          AirflowStandIn.load(
              "2.10",
              DATE,
              Map.of(
                  "master",
                  cluster.masterUrl(),
                  "spark-home",
                  laboratory.home().folder().toString()),
              Map.of(
                  "jar", Artefacts.allJar().toString(),
                  "source", laboratory.file("images").toUri().toString(),
                  "source_format", "cifar",
                  "recipe", SmallRun.recipe(laboratory).toString(),
                  "runs", laboratory.uri("runs")),
              laboratory.logs());
      for (Task task : graph.tasks()) {
        String first = finish(task, 1, laboratory);
        String second = finish(task, 2, laboratory);

        assertThat(first).as(task.id()).doesNotContain("Already done");
        switch (task.id()) {
          // These commit nothing that could be done already: the same is measured, and written.
          case "evaluate", "report" -> assertThat(second).as(task.id()).isEqualTo(first);
          default -> assertThat(second).as(task.id()).contains("Already done in s3a://lake/runs/");
        }
      }
      Path run = laboratory.object("runs/20261102T030405/run");
      assertThat(new RunFiles(run).digests(SmallRun.STAGES)).isEqualTo(Reference.digests());
      assertThat(run.resolve("report.html")).isRegularFile();
      assertThat(Secrets.leaks(laboratory.logs(), laboratory.keys().words())).isEmpty();
    }
  }

  /** Runs a task's exact command to its good end. */
  private static String finish(Task task, int attempt, Laboratory laboratory) {
    LocalProcess process =
        LocalProcess.start(
            task.id() + "-" + attempt,
            task.command(),
            laboratory.home().environment(),
            laboratory.logs());
    assertThat(process.awaitExit(SmallRun.LIMIT)).as(process.err()).isZero();
    return process.out();
  }
}
