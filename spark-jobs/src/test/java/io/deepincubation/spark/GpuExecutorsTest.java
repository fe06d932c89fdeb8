package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.storage.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executor processes that a script says have a GPU each, so that all but the arithmetic is as on
 * machines that do.
 */
class GpuExecutorsTest {

  @TempDir private Path folder;

  @BeforeEach
  void draw() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    TinyRuns.draw(folder.resolve("data"));
    Path script = folder.resolve("gpus.sh");
    Files.writeString(script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"5\"]}'\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void tasksHaveTheGpusThatSparkAssignsAndWholeNetworksTrainThereToo() {
    Map<String, String> settings =
        Map.of("spark.task.resource.gpu.amount", "1", "spark.deepincubation.train-on", "executor");
    IncubationReport report = run(settings, "whole");

    assertThat(report.modules())
        .extracting(StageResult::executor)
        .containsExactlyInAnyOrder("0", "1");
    assertThat(List.of(report.stage("meta"), report.stage("assembled"), report.model()))
        .extracting(StageResult::executor)
        .isSubsetOf("0", "1");
    assertThat(report.model().device()).isEqualTo("cpu (assigned gpu 5)");
    assertThat(report.model().memory().processBytes()).isGreaterThan(100 << 20);
    List<TaskAttempt> attempts =
        new RunFolder(new LocalStorage(folder.resolve("whole"))).taskAttempts();
    assertThat(attempts)
        .extracting(TaskAttempt::stage)
        .containsExactlyInAnyOrder("meta", "modules/0", "modules/1", "assembled", "final");
    assertThat(attempts)
        .allSatisfy(attempt -> assertThat(attempt.outcome()).isEqualTo(Outcome.DONE));
  }

  @Test
  void aTaskProfileSharesAGpuAndTheWeightsStayTheSame() {
    IncubationReport shared = run(Map.of("spark.deepincubation.task.gpus", "0.5"), "shared");
    assertThat(shared.modules())
        .allSatisfy(m -> assertThat(m.device()).isEqualTo("cpu (assigned gpu 5)"));
    assertThat(shared.model().executor()).isEqualTo("driver");
    assertThat(shared.model().device()).isEqualTo("cpu");
  }

  private IncubationReport run(Map<String, String> settings, String name) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local-cluster[2,1,1024]")
            .appName("test")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "1g")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.scheduler.minRegisteredResourcesRatio", "1")
            .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .config("spark.kryo.registrator", IncubationKryoRegistrator.class.getName())
            .config("spark.kryo.registrationRequired", "true")
            .config("spark.worker.resource.gpu.amount", "1")
            .config(
                "spark.worker.resource.gpu.discoveryScript", folder.resolve("gpus.sh").toString())
            .config("spark.executor.resource.gpu.amount", "1")
            .config("spark.deepincubation.device", "cpu")
            .config("spark.deepincubation.cache.directory", folder.resolve("cache").toString())
            .config("spark.deepincubation.driver.threads", "1");
    settings.forEach(builder::config);
    try (SparkSession spark = builder.getOrCreate()) {
      return SparkDeepIncubation.on(spark)
          .recipe(TinyRuns.recipe())
          .trainingData(folder.resolve("data").toString())
          .runFolder(folder.resolve(name).toString())
          .run();
    }
  }
}
