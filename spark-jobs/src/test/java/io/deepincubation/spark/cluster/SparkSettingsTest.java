package io.deepincubation.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.CheckpointPolicy;
import io.deepincubation.core.run.LeaseTerms;
import io.deepincubation.spark.TinyRuns;
import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkSettingsTest {

  @Test
  void hasDefaults() {
    SparkSettings settings = SparkSettings.of(new SparkConf(false));
    assertThat(settings)
        .isEqualTo(
            new SparkSettings(
                DeviceChoice.AUTO,
                Runtime.getRuntime().availableProcessors(),
                1,
                Where.DRIVER,
                Where.DRIVER,
                "",
                64L << 30,
                LocalImageCache.Form.DECODED,
                CheckpointPolicy.DEFAULT,
                2L << 30,
                new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(60), ""),
                true));
  }

  @Test
  void readsEveryKey() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.master", "local-cluster[2,1,700]")
            .set("spark.deepincubation.device", "GPU")
            .set("spark.deepincubation.driver.threads", "1")
            .set("spark.task.cpus", "4")
            .set("spark.deepincubation.train-on", "executor")
            .set("spark.deepincubation.fine-tune-on", "driver")
            .set("spark.deepincubation.cache.directory", "/disk/cache")
            .set("spark.deepincubation.cache.size", "2g")
            .set("spark.deepincubation.cache.decoded", "false")
            .set("spark.deepincubation.checkpoint.steps", "100")
            .set("spark.deepincubation.checkpoint.minutes", "0.5")
            .set("spark.deepincubation.rounds.driver-sums", "500m")
            .set("spark.deepincubation.lease.duration", "2min")
            .set("spark.deepincubation.lease.wait", "1h")
            .set("spark.app.id", "app-7");
    assertThat(SparkSettings.of(conf))
        .isEqualTo(
            new SparkSettings(
                DeviceChoice.GPU,
                1,
                4,
                Where.EXECUTOR,
                Where.DRIVER,
                "/disk/cache",
                2L << 30,
                LocalImageCache.Form.ENCODED,
                new CheckpointPolicy(100, Duration.ofSeconds(30)),
                500L << 20,
                new LeaseTerms(Duration.ofMinutes(2), Duration.ofHours(1), "app-7"),
                false));
  }

  @Test
  void keepsCheckpointsByStepsOrByTimeAlone() {
    SparkConf bySteps = new SparkConf(false).set("spark.deepincubation.checkpoint.steps", "7");
    SparkConf byTime = new SparkConf(false).set("spark.deepincubation.checkpoint.minutes", "2");

    assertThat(SparkSettings.of(bySteps).checkpoints()).isEqualTo(CheckpointPolicy.steps(7));
    assertThat(SparkSettings.of(byTime).checkpoints())
        .isEqualTo(CheckpointPolicy.every(Duration.ofMinutes(2)));
  }

  @Test
  void refusesACacheThatIsNeitherDecodedNorNot() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.cache.decoded", "yes");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.cache.decoded: expected true or false, got yes");
  }

  @Test
  void refusesALeaseOfNoTime() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.lease.duration", "0s");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.lease.duration and spark.deepincubation.lease.wait:"
                + " expected times such as 30s and 60s, got 0s and 60s");
  }

  @Test
  void refusesMinutesThatAreNoNumber() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.checkpoint.minutes", "5min");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.checkpoint.minutes: expected minutes, such as 0.5, got"
                + " 5min");
  }

  @Test
  void fineTunesWhereItTrainsUnlessToldOtherwise() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.train-on", "executor");
    assertThat(SparkSettings.of(conf).placeOf(stage("final"))).isEqualTo(Where.EXECUTOR);
    conf.set("spark.deepincubation.train-on", "driver");
    conf.set("spark.deepincubation.fine-tune-on", "executor");
    assertThat(SparkSettings.of(conf).placeOf(stage("assembled"))).isEqualTo(Where.EXECUTOR);
    assertThat(SparkSettings.of(conf).placeOf(stage("meta"))).isEqualTo(Where.DRIVER);
  }

  @Test
  void refusesAPlaceThatIsNone() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.fine-tune-on", "moon");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.fine-tune-on: expected driver or executor, got moon");
  }

  @Test
  void refusesAWidthThatIsNone() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.driver.threads", "0");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.driver.threads: expected a whole number from 1, got"
                + " 0");
  }

  @Test
  void refusesMoreThreadsThanProcessors() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.driver.threads", "99999");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.driver.threads (--threads): expected 1 to %d, the"
                + " processors here, got 99999",
            Runtime.getRuntime().availableProcessors());
  }

  @Test
  void refusesKeysThatItDoesNotKnow() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.deepincubation.checkpoint.step", "5")
            .set("spark.deepincubation.zzz", "1")
            .set("spark.executor.memory", "2g");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(
            "Cannot use Spark's settings: there is no key spark.deepincubation.checkpoint.step, did"
                + " you mean spark.deepincubation.checkpoint.steps?; also there is no key"
                + " spark.deepincubation.zzz, expected one of [spark.deepincubation.device,");
  }

  @Test
  void knowsEveryKeyThatSchedulingReads() {
    SparkConf conf = new SparkConf(false);
    for (String key :
        List.of(
            "task.cpus",
            "task.gpus",
            "executor.cores",
            "executor.memory",
            "executor.memoryOverhead",
            "executor.gpus")) {
      conf.set("spark.deepincubation." + key, "1");
    }
    assertThatCode(() -> SparkSettings.requireKnownKeys(conf)).doesNotThrowAnyException();
  }

  private static Stage stage(String name) {
    return new DeepIncubation()
        .stages(TinyRuns.recipe()).stream()
            .filter(stage -> stage.name().equals(name))
            .findFirst()
            .orElseThrow();
  }
}
