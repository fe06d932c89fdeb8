package io.deepincubation.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EvaluationBatchesTest {

  @Test
  void showsEveryImageOnceInOrder() {
    ImageTable table = TestImages.table(7, 7);
    var batches = new EvaluationBatches(table, 3);

    assertThat(batches.count()).isEqualTo(3);
    assertThat(batches.batch(1).labels()).containsExactly(3, 4, 5);
    assertThat(batches.batch(2).labels()).containsExactly(6);
    assertThat(batches.batch(2).size()).isEqualTo(1);
    byte[] pixels = new byte[table.imageBytes()];
    table.pixels(6, pixels);
    float[] expected = new float[pixels.length];
    Normalization.image(pixels, pixels.length, expected, 0);
    assertThat(batches.batch(2).images()).isEqualTo(expected);
  }

  @Test
  void rejectsAnEmptySplit() {
    assertThatThrownBy(() -> new EvaluationBatches(TestImages.table(0, 1), 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot evaluate: expected 1 image or more, got none");
  }

  @Test
  void rejectsAnEmptyBatch() {
    assertThatThrownBy(() -> new EvaluationBatches(TestImages.table(2, 1), 0))
        .hasMessage("Cannot make a batch: expected 1 image or more, got 0");
  }
}
