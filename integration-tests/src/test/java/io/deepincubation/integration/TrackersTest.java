package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A run that is killed and goes on, as TensorBoard's reader and a real MLflow server have it;
 * {@code src/test/python/trackers.py} asks them. It needs {@code python3} and, once, the Python
 * package index.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrackersTest {

  private static final Duration SERVER_STARTS = Duration.ofMinutes(2);
  private static final String EXPERIMENT = "killed runs";
  private static final double FP32 = 1e-5;

  private final Laboratory laboratory =
      new Laboratory("trackers", SparkLine.SPARK_3_5, SmallRun.inOneProcess());
  private final PythonVenv python = PythonVenv.open(laboratory.logs());
  private final String server = "http://127.0.0.1:" + Ports.free();
  private final LocalProcess mlflow =
      LocalProcess.start(
          "mlflow",
          List.of(
              python.command("mlflow"),
              "server",
              "--host",
              "127.0.0.1",
              "--port",
              server.replaceFirst(".*:", ""),
              "--workers",
              "1",
              "--backend-store-uri",
              "sqlite:///" + laboratory.file("mlflow.db"),
              "--artifacts-destination",
              laboratory.file("artifacts").toString()),
          Map.of(),
          laboratory.logs());

  private JsonObject curvesOfKilled = new JsonObject();
  private String resumed = "";

  @BeforeAll
  void killARunAndGoOn() {
    Await.untilTrue("MLflow", SERVER_STARTS, () -> Http.get(server + "/health").isPresent());
    SmallRun.draw(laboratory.file("images"));
    String data = laboratory.uri("data");
    finish("prepare", SmallRun.prepare(local(), laboratory.file("images"), data));

    LocalProcess killed = run().start("run-1", laboratory.logs());
    Await.untilTrue(
        "points of meta pre-training, and of a module that trains",
        SmallRun.LIMIT,
        () ->
            !files("curves/meta", "tfevents.whole").isEmpty()
                && !files("curves/modules", "tfevents.0").isEmpty());
    killed.kill();
    curvesOfKilled = curves();
    resumed = finish("run-2", run());
  }

  private Submission local() {
    return Submission.to("local[2]", laboratory.home());
  }

  private Submission run() {
    Submission small =
        SmallRun.run(
            local(),
            laboratory,
            laboratory.uri("data"),
            laboratory.uri("run"),
            "incubation.epochs=30");
    return small.verb(
        Stream.concat(
                small.words().stream(),
                Stream.of(
                    "--track",
                    "tensorboard:" + laboratory.uri("curves"),
                    "--track",
                    "mlflow:" + server + "?experiment=killed%20runs",
                    "--track",
                    "mlflow:http://127.0.0.1:1"))
            .toArray(String[]::new));
  }

  private String finish(String name, Submission submission) {
    LocalProcess process = submission.start(name, laboratory.logs());
    SmallRun.finish(process);
    return process.err();
  }

  /** Event files: of committed stages they are whole. */
  private List<Path> files(String folder, String part) {
    Path there = laboratory.object(folder);
    if (!Files.isDirectory(there)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(there)) {
      return files.filter(file -> file.toString().contains(part)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject curves() {
    return json("curves", laboratory.object("curves").toString()).getAsJsonObject();
  }

  private JsonElement json(String... verbAndWords) {
    String said = python.script("trackers.py", verbAndWords);
    return JsonParser.parseString(said.lines().reduce((before, last) -> last).orElseThrow());
  }

  @AfterAll
  void close() {
    mlflow.close();
    laboratory.close();
  }

  @Test
  void tensorBoardReadsARunThatTrains() {
    assertThat(curvesOfKilled.keySet())
        .contains("meta")
        .anyMatch(name -> name.startsWith("modules/"));
    assertThat(steps(curvesOfKilled.getAsJsonObject("meta"), "loss")).isEqualTo(steps("meta"));
  }

  @Test
  void tensorBoardHasOneCurveOfEachStageAndNoStepTwice() {
    JsonObject curves = curves();

    assertThat(curves.keySet()).containsExactlyInAnyOrderElementsOf(SmallRun.STAGES);
    for (String stage : SmallRun.STAGES) {
      List<Long> steps = steps(stage);
      if (!steps.isEmpty()) {
        assertThat(steps(curves.getAsJsonObject(stage), "loss")).as(stage).isEqualTo(steps);
      }
      assertThat(files("curves/" + stage)).as(stage).hasSize(1);
    }
    JsonArray top1 = curves.getAsJsonObject("final").getAsJsonArray("top1");
    assertThat(top1.get(top1.size() - 1).getAsJsonArray().get(1).getAsFloat())
        .isEqualTo(accuracy("final"));
  }

  @Test
  void mlflowHasOneRunAndNoStepTwice() {
    JsonArray runs = json("run", server, EXPERIMENT).getAsJsonArray();

    assertThat(runs).hasSize(1);
    JsonObject run = runs.get(0).getAsJsonObject();
    assertThat(run.get("status").getAsString()).isEqualTo("FINISHED");
    assertThat(run.getAsJsonObject("params").get("incubation.epochs").getAsString())
        .isEqualTo("30");
    JsonObject history = run.getAsJsonObject("history");
    for (String stage : SmallRun.STAGES) {
      List<Long> steps = steps(stage);
      if (!steps.isEmpty()) {
        assertThat(longs(history.getAsJsonArray(stage + "/loss")))
            .as(stage)
            .containsExactlyInAnyOrderElementsOf(steps);
      }
      assertThat(longs(history.getAsJsonArray(stage + "/top1")))
          .as(stage)
          .isNotEmpty()
          .doesNotHaveDuplicates();
    }
    assertThat(run.getAsJsonArray("artifacts").toString())
        .contains("report.html", "model/MLmodel", "model/model.pt", "model/README.md");
  }

  @Test
  void mlflowPredictsWithoutOurJarWhatPredictDoes() {
    finish(
        "predict",
        local()
            .verb(
                "predict",
                "--model",
                laboratory.uri("run/final"),
                "--from",
                laboratory.uri("data/test"),
                "--keep-images",
                "--to",
                laboratory.file("predictions").toUri().toString()));

    JsonElement difference =
        json("difference", server, EXPERIMENT, laboratory.file("predictions").toString());

    assertThat(difference.getAsDouble()).isLessThan(FP32);
  }

  @Test
  void theTrackerThatIsNotThereIsToldOnceAndAtTheEnd() {
    assertThat(resumed.lines().filter(line -> line.contains("mlflow:http://127.0.0.1:1")))
        .hasSize(2)
        .anyMatch(line -> line.contains("; it goes on without"))
        .anyMatch(line -> line.contains("; the same command again completes it"));
  }

  private List<Path> files(String folder) {
    try (Stream<Path> files = Files.list(laboratory.object(folder))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The steps at which a committed stage's own metrics tell a loss. */
  private List<Long> steps(String stage) {
    try (Stream<String> lines =
        Files.lines(laboratory.object("run").resolve(stage).resolve("metrics.jsonl"))) {
      return lines
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .filter(line -> line.has("loss"))
          .map(line -> line.get("step").getAsLong())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private float accuracy(String stage) {
    return new RunFiles(laboratory.object("run"))
        .result(stage)
        .orElseThrow()
        .get("accuracy")
        .getAsFloat();
  }

  private static List<Long> steps(JsonObject curves, String tag) {
    return stream(curves.getAsJsonArray(tag))
        .map(point -> point.getAsJsonArray().get(0).getAsLong())
        .toList();
  }

  private static List<Long> longs(JsonArray numbers) {
    return stream(numbers).map(JsonElement::getAsLong).toList();
  }

  private static Stream<JsonElement> stream(JsonArray array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
