package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class CliSessionTest {

  private static final String EXECUTOR_JAVA = "spark.executor.extraJavaOptions";

  @Test
  void executorsUseJavasFirstCompiler() {
    SparkConf conf = CliSession.withDefaults(new SparkConf(false));

    assertThat(conf.get(EXECUTOR_JAVA)).isEqualTo("-XX:TieredStopAtLevel=1");
  }

  @Test
  void keepsWhatIsSet() {
    SparkConf conf = new SparkConf(false).set(EXECUTOR_JAVA, "-XX:+UseZGC");

    assertThat(CliSession.withDefaults(conf).get(EXECUTOR_JAVA)).isEqualTo("-XX:+UseZGC");
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
