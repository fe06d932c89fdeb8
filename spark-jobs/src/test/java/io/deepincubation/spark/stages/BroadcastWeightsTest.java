package io.deepincubation.spark.stages;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.network.Weights;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Test;

class BroadcastWeightsTest {

  private static final Weights FIRST =
      new Weights(Map.of("a", new Weights.Tensor(List.of(2L, 3L), new float[] {1, 2, 3, 4, 5, 6})));
  private static final Weights SECOND =
      new Weights(Map.of("b", new Weights.Tensor(List.of(1L), new float[] {7})));

  @Test
  void survivesTheWayInAnyChunks() {
    for (int chunk : new int[] {1, 7, 64, 1 << 20}) {
      byte[][][] bytes = BroadcastWeights.encode(List.of(FIRST, SECOND), chunk);
      List<Weights> back = BroadcastWeights.decode(bytes);
      assertThat(back.get(0).tensor("a").values()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(back.get(0).tensor("a").shape()).containsExactly(2L, 3L);
      assertThat(back.get(1).tensor("b").values()).containsExactly(7);
    }
  }

  @Test
  void cutsAModuleIntoChunksOfAtMostThatSize() {
    byte[][] chunks = BroadcastWeights.encode(List.of(FIRST), 50)[0];
    assertThat(chunks.length).isGreaterThan(1);
    assertThat(List.of(chunks)).allSatisfy(chunk -> assertThat(chunk).hasSizeLessThanOrEqualTo(50));
  }

  @Test
  void aProcessDecodesABroadcastOnceAndTakesItForNoOtherApplications() {
    for (Weights weights : List.of(FIRST, SECOND)) {
      try (var spark = new JavaSparkContext(configuration())) {
        Broadcast<byte[][][]> broadcast =
            spark.broadcast(BroadcastWeights.encode(List.of(weights)));

        List<Weights> decoded = BroadcastWeights.decoded(broadcast);

        assertThat(decoded.get(0).tensors().keySet()).isEqualTo(weights.tensors().keySet());
        assertThat(BroadcastWeights.decoded(broadcast)).isSameAs(decoded);
      }
    }
  }

  private static SparkConf configuration() {
    return new SparkConf()
        .setMaster("local[1]")
        .setAppName("broadcast")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost")
        .set("spark.driver.bindAddress", "127.0.0.1");
  }
}
