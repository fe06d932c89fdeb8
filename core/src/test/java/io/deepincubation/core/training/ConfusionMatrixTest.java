package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

  @Test
  void accuracyIsTheShareOnTheDiagonal() {
    var matrix = new ConfusionMatrix(new long[][] {{3, 1, 0}, {0, 2, 2}, {1, 0, 1}});

    assertThat(matrix.images()).isEqualTo(10);
    assertThat(matrix.accuracy()).isEqualTo(0.6);
  }

  @Test
  void isNotChangedFromOutside() {
    long[][] rows = {{1, 0}, {0, 1}};
    var matrix = new ConfusionMatrix(rows);
    rows[0][0] = 9;
    matrix.counts()[1][1] = 9;

    assertThat(matrix.counts()).isDeepEqualTo(new long[][] {{1, 0}, {0, 1}});
  }

  @Test
  void saysWhatItHoldsAndEqualsItsLike() {
    var matrix = new ConfusionMatrix(new long[][] {{3, 1}, {0, 2}});

    assertThat(matrix).hasToString("6 images of 2 classes, 0.8333 right");
    assertThat(matrix)
        .isEqualTo(new ConfusionMatrix(matrix.counts()))
        .hasSameHashCodeAs(new ConfusionMatrix(matrix.counts()))
        .isNotEqualTo(new ConfusionMatrix(new long[][] {{3, 1}, {1, 1}}));
  }

  @Test
  void rejectsWhatIsNotSquare() {
    assertThatThrownBy(() -> new ConfusionMatrix(new long[][] {{1, 2}, {3}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected as many columns as rows");
    assertThatThrownBy(() -> new ConfusionMatrix(new long[2][2], new long[1]))
        .hasMessage(
            "Cannot make a confusion matrix: expected unanswered images of 2 classes, got 1");
    assertThatThrownBy(() -> new ConfusionMatrix(new long[0][]))
        .hasMessageContaining("one at least");
  }
}
