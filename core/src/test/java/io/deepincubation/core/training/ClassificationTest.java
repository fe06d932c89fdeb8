package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.script.TorchEngine;
import org.junit.jupiter.api.Test;

class ClassificationTest {

  @Test
  void countsTheClassOfTheHighestLogitBatchByBatch() {
    Classification.Counts counts = new Classification(3, 0.1).tally();
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      float[] first = {0, 2, 1, 3, 0, 0};
      counts.add(
          manager.create(first, new Shape(2, 3)),
          new EvaluationBatch(new float[0], new int[] {1, 2}, 0, 2));
      counts.add(
          manager.create(new float[] {-3, -2, -1}, new Shape(1, 3)),
          new EvaluationBatch(new float[0], new int[] {2}, 2, 1));
    }

    assertThat(counts.confusion().orElseThrow().counts())
        .isDeepEqualTo(new long[][] {{0, 0, 0}, {0, 1, 0}, {1, 0, 1}});
    assertThat(counts.metrics().value()).isEqualTo(2 / 3.0);
    assertThat(counts.predicted()).containsExactly(1, 0, 2);
  }

  @Test
  void countsAnImageWithoutNumbersAsNoAnswer() {
    Classification.Counts counts = new Classification(2, 0).tally();
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      float[] logits = {5, 1, Float.NaN, 1, Float.POSITIVE_INFINITY, 1};
      counts.add(
          manager.create(logits, new Shape(3, 2)),
          new EvaluationBatch(new float[0], new int[] {0, 0, 1}, 0, 3));
    }

    assertThat(counts.predicted()).containsExactly(0, -1, -1);
    assertThat(counts.metrics().value()).isEqualTo(1 / 3.0);
    assertThat(counts.metrics().value(Metrics.UNANSWERED)).isEqualTo(2 / 3.0);
    assertThat(counts.metrics().value(Metrics.LOG_LOSS)).isBetween(24.0, 25.0);
    assertThat(counts.metrics().value(Metrics.ECE)).isGreaterThan(0.6);
    assertThat(counts.confusion())
        .contains(new ConfusionMatrix(new long[][] {{1, 0}, {0, 0}}, new long[] {1, 1}));
    assertThat(counts.classes().recall()).containsExactly(0.5, 0.0);
  }

  @Test
  void rejectsNoClasses() {
    assertThatThrownBy(() -> new Classification(0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot classify into 0 classes: expected at least 1");
  }
}
