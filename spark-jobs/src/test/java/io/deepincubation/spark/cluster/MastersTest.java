package io.deepincubation.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.cluster.Masters.Address;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MastersTest {

  private static SparkConf conf(String master) {
    return new SparkConf(false).set("spark.master", master);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[*]",
        "local[2]",
        "local[2, 3]",
        "local[*,4]",
        "local-cluster[2, 1, 1024]",
        "spark://host:7077",
        "spark://a:7077,b:7078",
        "spark://[::1]:7077",
        "yarn",
        "k8s://https://host:6443"
      })
  void takesWhatSparkTakes(String master) {
    assertThatCode(() -> Masters.requireKnown(conf(master))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "host:7077",
        "local[0]",
        "local[x]",
        "spark://host",
        "spark://h:77777"
      })
  void refusesTheRest(String master) {
    assertThatThrownBy(() -> Masters.requireKnown(conf(master)))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot use --master %s: expected local[N], local[*], spark://HOST:PORT, yarn or"
                + " k8s://URL",
            master);
  }

  @Test
  void tellsTheAddressesOfStandaloneMastersAlone() {
    assertThat(Masters.standalone("spark://a:7077,b:7078"))
        .containsExactly(new Address("a", 7077), new Address("b", 7078));
    assertThat(Masters.standalone("yarn")).isEmpty();
  }
}
