package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.machine.TrainingJava;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class CliSessionTest {

  private static final String EXECUTOR_JAVA = "spark.executor.extraJavaOptions";
  private static final String EXECUTOR_ALLOCATOR = "spark.executorEnv.GLIBC_TUNABLES";

  @Test
  void executorsCompileHotLoopsAndUseHugePagesAndAnArenaForEachThread() {
    SparkConf conf = CliSession.withDefaults(new SparkConf(false));

    assertThat(conf.get(EXECUTOR_JAVA))
        .isEqualTo(
            "-XX:Tier4InvocationThreshold=500000 -XX:Tier4MinInvocationThreshold=60000"
                + " -XX:Tier4CompileThreshold=1500000 -XX:Tier4BackEdgeThreshold=4000000");
    assertThat(conf.get(EXECUTOR_ALLOCATOR))
        .isEqualTo("glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1024");
  }

  @Test
  void theLauncherTellsItsJavaTheSame() throws IOException {
    assertThat(Files.readString(Path.of("..", "bin", "deep-incubation")))
        .contains(TrainingJava.OPTIONS.split(" ", -1));
  }

  @Test
  void executorsReadNamesOfFilesBeyondAscii() {
    assertThat(CliSession.withDefaults(new SparkConf(false)).get("spark.executorEnv.LC_ALL"))
        .isEqualTo("C.UTF-8");
  }

  @Test
  void keepsWhatIsSet() {
    SparkConf conf =
        new SparkConf(false)
            .set(EXECUTOR_JAVA, "-XX:+UseZGC")
            .set(EXECUTOR_ALLOCATOR, "glibc.malloc.hugetlb=0");

    SparkConf kept = CliSession.withDefaults(conf);
    assertThat(kept.get(EXECUTOR_JAVA)).isEqualTo("-XX:+UseZGC");
    assertThat(kept.get(EXECUTOR_ALLOCATOR)).isEqualTo("glibc.malloc.hugetlb=0");
  }

  @Test
  void onlyDriversThatAreExecutorsTooTellEachOtherEverySecondSecond() {
    SparkConf cluster = new SparkConf(false).set("spark.master", "spark://host:7077");

    assertThat(CliSession.withDefaults(cluster).contains("spark.executor.heartbeatInterval"))
        .isFalse();
    assertThat(
            CliSession.withDefaults(new SparkConf(false)).get("spark.executor.heartbeatInterval"))
        .isEqualTo("2s");
  }
}
