package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.method.Measured;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  private static final ClassMeasures CLASSES =
      new ClassMeasures(
          List.of(2L, 2L), List.of(1.0, 1.0), List.of(1.0, 0.5), List.of(1.0, 0.7), null);

  @Test
  void saysItsResultInWords() {
    var confusion = new ConfusionMatrix(new long[][] {{2, 0}, {0, 1}}, new long[] {0, 1});
    var metrics = new Metrics(Metrics.TOP1, Map.of(Metrics.TOP1, 0.75, Metrics.UNANSWERED, 0.25));
    var evaluation =
        new Evaluation(
            "final", "test", List.of("ant", "bee"), new Measured(4, metrics, CLASSES, confusion));

    assertThat(evaluation).hasToString("final: top-1 75.0 % of 4 test images");
    assertThat(evaluation.unanswered()).isEqualTo(1);
    assertThat(evaluation.confusion()).isEqualTo(confusion);
  }

  @Test
  void tellsSeveralLabelsByTheirOwnMeasure() {
    var metrics = new Metrics(Metrics.MAP, Map.of(Metrics.MAP, 0.5));
    var evaluation =
        new Evaluation(
            "final", "val", List.of("ant", "bee"), new Measured(4, metrics, CLASSES, null));

    assertThat(evaluation).hasToString("final: mAP 50.0 % of 4 val images");
    assertThat(evaluation.unanswered()).isZero();
    assertThatThrownBy(evaluation::confusion)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Cannot tell which class images were taken for: expected images of one class each, got"
                + " images of any number");
  }
}
