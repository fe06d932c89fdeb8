package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Other ways in which a cluster may be set up. */
class DeploymentTest {

  private static final String COMMITTERS = "org.apache.spark.internal.io.cloud.";

  /** What magic committers need everywhere, whatever an application does. */
  private static final Map<String, String> MAGIC =
      Map.of(
          "spark.hadoop.fs.s3a.committer.name",
          "magic",
          "spark.hadoop.fs.s3a.committer.magic.enabled",
          "true",
          "spark.sql.sources.commitProtocolClass",
          COMMITTERS + "PathOutputCommitProtocol",
          "spark.sql.parquet.output.committer.class",
          COMMITTERS + "BindingParquetOutputCommitter");

  @Test
  void theDriverOnAWorkerAndMagicCommitters() {
    var settings = new HashMap<>(SmallRun.SETTINGS);
    settings.putAll(MAGIC);
    try (var laboratory = new Laboratory("deployment", SparkLine.SPARK_3_5, settings);
        StandaloneCluster cluster = laboratory.cluster(3)) {
      Submission submission =
          Submission.to(cluster.masterUrl(), laboratory.home())
              .option("--deploy-mode", "cluster")
              .with("spark.standalone.submit.waitAppCompletion", "true")
              .with("spark.driver.extraJavaOptions", moduleOptions());
      incubate(submission, laboratory);

      assertThat(new RunFiles(laboratory.object("run")).digests(SmallRun.STAGES))
          .isEqualTo(Reference.digests());
      assertThat(Secrets.leaks(laboratory.logs(), laboratory.keys().words())).isEmpty();
      assertThat(Secrets.leaks(cluster.folder(), laboratory.keys().words())).isEmpty();
    }
  }

  @Test
  void executorsOfTheirOwnForTraining() {
    var settings = new HashMap<>(SmallRun.SETTINGS);
    settings.put("spark.dynamicAllocation.enabled", "true");
    settings.put("spark.dynamicAllocation.shuffleTracking.enabled", "true");
    settings.put("spark.deepincubation.executor.cores", "1");
    settings.put("spark.deepincubation.executor.memory", "900m");
    settings.put("spark.deepincubation.executor.gpus", "1");
    settings.put("spark.deepincubation.task.gpus", "1");
    try (var laboratory = new Laboratory("profile", SparkLine.SPARK_3_5, settings);
        StandaloneCluster cluster = laboratory.cluster(2)) {
      Submission submission = Submission.to(cluster.masterUrl(), laboratory.home());
      incubate(submission, laboratory);

      var files = new RunFiles(laboratory.object("run"));
      assertThat(files.digests(SmallRun.STAGES)).isEqualTo(Reference.digests());
      for (int i = 0; i < SmallRun.MODULES; i++) {
        String executor = files.result("modules/" + i).orElseThrow().get("executor").getAsString();
        assertThat(executor).as("module %d", i).isNotEqualTo("driver");
      }
      assertThat(executorCommands(cluster.folder())).anyMatch(words -> words.contains("-Xmx900M"));
    }
  }

  /** The first line of what each executor said: how its worker started it. */
  private static List<String> executorCommands(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith("stderr")).map(DeploymentTest::firstLine).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String firstLine(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A worker does not open Java's modules to the driver that it starts, as the launcher does. */
  private static String moduleOptions() {
    return Stream.of(
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "jdk.internal.ref",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar")
        .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
        .collect(Collectors.joining(" "));
  }

  private static void incubate(Submission submission, Laboratory laboratory) {
    SmallRun.draw(laboratory.file("images"));
    SmallRun.finish(
        SmallRun.prepare(submission, laboratory.file("images"), laboratory.uri("data"))
            .start("prepare", laboratory.logs()));
    SmallRun.finish(
        SmallRun.run(submission, laboratory, laboratory.uri("data"), laboratory.uri("run"))
            .start("run", laboratory.logs()));
  }
}
