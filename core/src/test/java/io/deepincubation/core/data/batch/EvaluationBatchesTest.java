package io.deepincubation.core.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.testing.TestImages;
import org.junit.jupiter.api.Test;

class EvaluationBatchesTest {

  @Test
  void showsEveryImageOnceInOrder() {
    ImageTable table = TestImages.table(7, 7);
    var batches = TestImages.evaluation(table, 3);

    var images = new float[batches.valuesPerBatch()];
    assertThat(images).hasSize(3 * table.imageBytes());
    assertThat(batches.count()).isEqualTo(3);
    assertThat(batches.batch(1, images).labels()).containsExactly(3, 4, 5);
    EvaluationBatch last = batches.batch(2, images);
    assertThat(last.labels()).containsExactly(6);
    assertThat(last.size()).isEqualTo(1);
    float[] expected = new float[table.imageBytes()];
    Normalization.IMAGENET.apply(table.image(6).picture().pixels(), expected, 0);
    assertThat(last.inputs()).isSameAs(images).startsWith(expected);
  }

  @Test
  void resizesLargerImagesAndTakesTheirMiddle() {
    var ramp = new byte[3 * 32 * 64];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) (i % 64 * 4);
    }

    Pixels seen = PixelTransform.deit(14).square(new Pixels(ramp, 32, 64));

    assertThat(seen.size()).isEqualTo("14 x 14");
    assertThat(seen.values()[0] & 0xFF).isBetween(70, 76); // column 9 of 32 is column 18.5 of 64
  }

  @Test
  void rejectsAnEmptySplit() {
    assertThatThrownBy(() -> TestImages.evaluation(TestImages.table(0, 1), 3))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot evaluate: expected 1 image or more, got none");
  }

  @Test
  void rejectsAnEmptyBatch() {
    assertThatThrownBy(() -> TestImages.evaluation(TestImages.table(2, 1), 0))
        .hasMessage("Cannot make a batch: expected 1 image or more, got 0");
  }
}
