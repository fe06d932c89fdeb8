package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluationTest {

  @Test
  void saysItsResultInWords() {
    var confusion = new ConfusionMatrix(new long[][] {{2, 0}, {1, 1}});

    assertThat(new Evaluation("final", List.of("ant", "bee"), confusion))
        .hasToString("final: top-1 75.0 % of 4 test images");
  }
}
