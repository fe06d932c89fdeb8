package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.recipe.RecipeException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkSettingsTest {

  @Test
  void hasDefaults() {
    SparkSettings settings = SparkSettings.of(new SparkConf(false));
    assertThat(settings)
        .isEqualTo(
            new SparkSettings(
                DeviceWish.AUTO,
                Runtime.getRuntime().availableProcessors(),
                1,
                "",
                64L << 30,
                true));
  }

  @Test
  void readsEveryKey() {
    SparkConf conf =
        new SparkConf(false)
            .set("spark.master", "local-cluster[2,1,700]")
            .set("spark.deepincubation.device", "GPU")
            .set("spark.deepincubation.driver.threads", "6")
            .set("spark.task.cpus", "4")
            .set("spark.deepincubation.cache.directory", "/disk/cache")
            .set("spark.deepincubation.cache.size", "2g");
    assertThat(SparkSettings.of(conf))
        .isEqualTo(new SparkSettings(DeviceWish.GPU, 6, 4, "/disk/cache", 2L << 30, false));
  }

  @Test
  void refusesAWidthThatIsNone() {
    SparkConf conf = new SparkConf(false).set("spark.deepincubation.driver.threads", "0");
    assertThatThrownBy(() -> SparkSettings.of(conf))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot use spark.deepincubation.driver.threads: expected a whole number from 1, got"
                + " 0");
  }
}
