package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One jar on every line of Spark, with the S3 connector of each: doctor, run and predict. */
class SparkLinesTest {

  private static final int EXECUTORS = 2;

  @ParameterizedTest
  @EnumSource(SparkLine.class)
  void theSameJarExaminesTrainsToTheSameWeightsAndPredicts(SparkLine line) {
    try (var laboratory = new Laboratory("line-" + line, line, SmallRun.SETTINGS);
        StandaloneCluster cluster = laboratory.cluster(EXECUTORS)) {
      SmallRun.draw(laboratory.file("images"));
      Submission submission =
          Submission.to(cluster.masterUrl(), laboratory.home())
              .with("spark.eventLog.enabled", "true")
              .with("spark.eventLog.dir", eventLog(laboratory).toUri().toString());
      SmallRun.finish(
          SmallRun.prepare(submission, laboratory.file("images"), laboratory.uri("data"))
              .start("prepare", laboratory.logs()));
      assertThatDoctorFindsAllWell(submission, laboratory);
      int uiPort = Ports.free();
      LocalProcess driver =
          SmallRun.run(submission, laboratory, laboratory.uri("data"), laboratory.uri("run"))
              .with("spark.ui.port", "" + uiPort)
              .start("run", laboratory.logs());
      assertThatNoPageTellsSecrets("http://127.0.0.1:" + uiPort, laboratory.keys());
      SmallRun.finish(driver);

      assertThat(new RunFiles(laboratory.object("run")).digests(SmallRun.STAGES))
          .isEqualTo(Reference.digests());
      assertThatModelClassifies(submission, laboratory);
      for (Path folder : List.of(laboratory.logs(), cluster.folder(), laboratory.object(""))) {
        assertThat(Secrets.leaks(folder, laboratory.keys().words())).isEmpty();
      }
    }
  }

  private static void assertThatDoctorFindsAllWell(Submission submission, Laboratory laboratory) {
    JsonObject answer =
        answer(
            submission.verb(
                "doctor",
                "--data",
                laboratory.uri("data"),
                "--run",
                laboratory.uri("health"),
                "--json"),
            "doctor",
            laboratory);
    assertThat(answer.get("status").getAsString()).isEqualTo("well");
    assertThat(answer.getAsJsonArray("examinations"))
        .extracting(examination -> examination.getAsJsonObject().get("place").getAsString())
        .as("the driver and each executor")
        .hasSize(1 + EXECUTORS)
        .doesNotHaveDuplicates();
  }

  private static void assertThatModelClassifies(Submission submission, Laboratory laboratory) {
    JsonObject answer =
        answer(
            submission.verb(
                "predict",
                "--model",
                laboratory.uri("run/final"),
                "--from",
                laboratory.uri("data/test"),
                "--to",
                laboratory.uri("predictions"),
                "--prefix",
                "predicted_",
                "--json"),
            "predict",
            laboratory);
    assertThat(answer.get("rows").getAsInt()).isEqualTo(SmallRun.TEST_IMAGES);
    assertThat(answer.get("rejected").getAsInt()).isZero();
  }

  /** The last line that a verb writes. */
  private static JsonObject answer(Submission submission, String name, Laboratory laboratory) {
    LocalProcess driver = submission.start(name, laboratory.logs());
    SmallRun.finish(driver);
    assertThat(driver.err()).as(name).doesNotContain("Lost task");
    return SmallRun.answer(driver.out());
  }

  private static Path eventLog(Laboratory laboratory) {
    return laboratory.logs();
  }

  /** Looks while the driver runs, once both executors are there. */
  private static void assertThatNoPageTellsSecrets(String ui, S3Keys keys) {
    String application =
        Await.until(
            "a driver's page",
            SmallRun.LIMIT,
            () ->
                Http.json(ui + "/api/v1/applications")
                    .map(JsonElement::getAsJsonArray)
                    .filter(found -> !found.isEmpty())
                    .map(found -> found.get(0).getAsJsonObject().get("id").getAsString()));
    String api = ui + "/api/v1/applications/" + application;
    for (String url : List.of(ui + "/environment/", api + "/environment", ui + "/executors/")) {
      String page = Await.until(url, SmallRun.LIMIT, () -> Http.get(url));
      assertThat(page).doesNotContain(keys.words());
    }
    assertThat(Http.get(api + "/environment").orElseThrow()).contains("fs.s3a.secret.key");
  }
}
