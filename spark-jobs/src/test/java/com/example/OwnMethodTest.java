package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.SparkDeepIncubation;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A method that the library does not know is planned, run, killed, gone on with and reported. */
@Timeout(180)
class OwnMethodTest {

  private static final int KILLED = 137;

  @TempDir private Path folder;

  @Test
  void runsOnSparkAndGoesOnAfterAKillToTheSameBytes() throws Exception {
    TinyRuns.draw(folder.resolve("data"));
    assertThat(killedProcess().waitFor()).isEqualTo(KILLED);
    assertThat(folder.resolve("run").resolve(GrownEndToEnd.STAGE + "/result.json")).doesNotExist();

    try (SparkSession spark = spark()) {
      StageResult resumed = train(spark, folder, "run").model();
      IncubationReport undisturbed = train(spark, folder, "undisturbed");

      assertThat(resumed.resumedFromStep()).isPositive();
      assertThat(resumed.sha256()).isEqualTo(undisturbed.model().sha256());
      assertThat(undisturbed.stages())
          .extracting(StageResult::stage)
          .containsExactly("meta", GrownEndToEnd.STAGE);
      RunReport report = RunReport.of(spark, folder.resolve("run").toString());
      assertThat(report.results()).extracting(StageResult::stage).contains(GrownEndToEnd.STAGE);
    }
  }

  private static IncubationReport train(SparkSession spark, Path folder, String run) {
    Recipe recipe = TinyRuns.recipe("end-to-end.epochs=60");
    return SparkDeepIncubation.on(spark)
        .method(new GrownEndToEnd())
        .recipe(recipe)
        .trainingData(folder.resolve("data").toString())
        .runFolder(folder.resolve(run).toString())
        .run();
  }

  private static SparkSession spark() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("own method")
        .config("spark.ui.enabled", "false")
        .config("spark.deepincubation.driver.threads", "1")
        .config("spark.deepincubation.train-on", "executor")
        .config("spark.deepincubation.checkpoint.steps", "4")
        .config("spark.deepincubation.lease.duration", "2s")
        .getOrCreate();
  }

  private Process killedProcess() throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-opens") || argument.startsWith("-Xmx"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Killed.class.getName(), folder.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("killed.log").toFile())
        .start();
  }

  /** A process that dies as soon as some state of the method's own stage is kept. */
  static final class Killed {

    private Killed() {}

    public static void main(String[] args) {
      Path folder = Path.of(args[0]);
      Path kept = folder.resolve("run/checkpoints").resolve(GrownEndToEnd.STAGE.replace('/', '-'));
      var killer =
          new Thread(
              () -> {
                while (!holdsState(kept)) {
                  LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
                }
                Runtime.getRuntime().halt(KILLED);
              });
      killer.setDaemon(true);
      killer.start();
      try (SparkSession spark = spark()) {
        train(spark, folder, "run");
      }
    }

    private static boolean holdsState(Path folder) {
      try (Stream<Path> files = Files.list(folder)) {
        return files.anyMatch(file -> file.toString().endsWith(".json"));
      } catch (IOException e) {
        return false;
      }
    }
  }
}
