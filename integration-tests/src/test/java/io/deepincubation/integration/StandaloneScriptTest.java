package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example's script for standalone Spark, on a cluster whose workers have a GPU each. */
class StandaloneScriptTest {

  private static final Path SCRIPT =
      Path.of("../examples/spark-submit/standalone.sh").toAbsolutePath().normalize();

  @Test
  void preparesAndRuns() {
    try (var laboratory = new Laboratory("script", SparkLine.SPARK_3_5, SmallRun.SETTINGS);
        StandaloneCluster cluster = laboratory.cluster(2)) {
      SmallRun.draw(laboratory.file("images"));
      String data = laboratory.uri("data");
      finish(
          laboratory,
          cluster,
          List.of("prepare", "--from", laboratory.file("images").toUri().toString(), "--to", data));
      List<String> run =
          List.of(
              "run",
              "--recipe",
              SmallRun.recipe(laboratory).toString(),
              "--data",
              data,
              "--run",
              laboratory.uri("run"));
      assertThat(finish(laboratory, cluster, run)).contains("Done in s3a://lake/run");
      assertThat(finish(laboratory, cluster, run)).contains("Already done in s3a://lake/run");

      RunFiles files = new RunFiles(laboratory.object("run"));
      assertThat(files.digests(SmallRun.STAGES)).isEqualTo(Reference.digests());
      assertThat(files.result("meta").orElseThrow().get("executor").getAsString())
          .as("with GPUs, whole networks are trained on executors")
          .isNotEqualTo("driver");
    }
  }

  /** Runs the script to its good end. */
  private static String finish(
      Laboratory laboratory, StandaloneCluster cluster, List<String> verb) {
    var words = new ArrayList<>(List.of(SCRIPT.toString()));
    words.addAll(List.of("--conf", "spark.ui.enabled=false"));
    words.addAll(verb);
    var environment = new HashMap<>(laboratory.home().environment());
    environment.put("MASTER", cluster.masterUrl());
    environment.put("JAR", Artefacts.allJar().toString());
    environment.put("EXECUTOR_CORES", "1");
    environment.put("EXECUTOR_MEMORY", "1g");
    environment.put("DRIVER_MEMORY", "1g");
    environment.put("GPUS", "1");
    LocalProcess process = LocalProcess.start(verb.get(0), words, environment, laboratory.logs());
    assertThat(process.awaitExit(SmallRun.LIMIT)).as(process.err()).isZero();
    return process.out();
  }
}
