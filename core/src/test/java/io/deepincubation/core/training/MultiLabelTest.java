package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.batch.Annotations;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.script.TorchEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultiLabelTest {

  private static final float NAN = Float.NaN;
  private static final LabelSets SETS =
      new LabelSets(3, List.of(List.of(), List.of(0), List.of(0, 2)));

  @Test
  void mixesSmoothsAndWeighsTheAnswersOfEachClass() {
    var task = new MultiLabel(SETS, 0.2, List.of(1.0, 1.0, 4.0));

    float[] targets = task.targets().of(new int[] {2, 1}, new Mix.Mixup(0.75), Annotations.NONE);

    assertThat(targets)
        .containsExactly(
            new float[] {
              0.9f, 0.1f, 4 * 0.7f, 0.1f, 0.9f, 0.3f, // the first image is 3/4 its own
              0.9f, 0.1f, 4 * 0.3f, 0.1f, 0.9f, 0.7f
            },
            within(1e-6f));
  }

  @Test
  void countsAnImageWithoutNumbersAsNoAnswer() {
    MultiLabel.Counts counts = new MultiLabel(SETS, 0, List.of(1.0, 1.0, 1.0)).tally();
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      float[] logits = {3, -3, 3, 3, NAN, 3};
      counts.add(
          manager.create(logits, new Shape(2, 3)),
          new EvaluationBatch(new float[0], new int[] {2, 2}, 0, 2));
    }

    assertThat(counts.metrics().value(Metrics.UNANSWERED)).isEqualTo(0.5);
    assertThat(counts.metrics().value(Metrics.F1_MICRO)).isCloseTo(4 / 6.0, within(1e-9));
    assertThat(counts.metrics().value(Metrics.LOG_LOSS)).isGreaterThan(18);
    assertThat(counts.classes().recall()).containsExactly(0.5, 0.0, 0.5);
    assertThat(counts.predicted()).isEmpty();
    assertThat(counts.confusion()).isEmpty();
  }
}
