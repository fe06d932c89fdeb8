package io.deepincubation.core.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.testing.TestImages;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchSliceTest {

  private static final AugmentationRecipe MIXED =
      new AugmentationRecipe(2, false, true, 0, 0, 0.8, 1, 0.25, 1);

  @ParameterizedTest
  @CsvSource({"12,1", "12,2", "12,3", "12,6", "15,3", "15,5", "12,12"})
  void takeEveryImageOnce(int batch, int workers) {
    assertThat(
            IntStream.range(0, workers)
                .boxed()
                .flatMap(worker -> places(new BatchSlice(worker, workers), batch))
                .sorted())
        .containsExactlyElementsOf(IntStream.range(0, batch).boxed().toList());
  }

  private static java.util.stream.Stream<Integer> places(BatchSlice slice, int batch) {
    return IntStream.range(0, slice.size(batch)).mapToObj(image -> slice.place(batch, image));
  }

  @Test
  void aWholeBatchStaysInOrder() {
    assertThat(places(BatchSlice.WHOLE, 9))
        .containsExactlyElementsOf(IntStream.range(0, 9).boxed().toList());
  }

  @ParameterizedTest
  @CsvSource({"12,2", "12,3", "16,4"})
  void mirrorImagesStayTogether(int batch, int workers) {
    for (int worker = 0; worker < workers; worker++) {
      var slice = new BatchSlice(worker, workers);
      int size = slice.size(batch);
      for (int image = 0; image < size; image++) {
        assertThat(slice.place(batch, size - 1 - image))
            .isEqualTo(batch - 1 - slice.place(batch, image));
      }
    }
  }

  @Test
  void workersMakeTheImagesAndTargetsOfTheWholeBatch() {
    TrainingBatches whole = batches();
    for (int index = 0; index < 2; index++) {
      Batch all = whole.batch(1, index);
      for (int worker = 0; worker < 2; worker++) {
        var slice = new BatchSlice(worker, 2);
        TrainingBatches part = whole.sliced(slice);
        Batch own = part.batch(1, index);
        assertThat(own.size()).isEqualTo(4).isEqualTo(part.size());
        for (int image = 0; image < 4; image++) {
          int place = slice.place(8, image);
          assertThat(row(own.inputs(), 4, image)).isEqualTo(row(all.inputs(), 8, place));
          assertThat(row(own.targets(), 4, image)).isEqualTo(row(all.targets(), 8, place));
        }
      }
    }
  }

  private static TrainingBatches batches() {
    return TestImages.batches(
        TestImages.table(20, 3),
        MIXED,
        new ClassTargets(3, 0.1),
        8,
        new BatchKey(1, "meta", -1),
        1);
  }

  private static float[] row(float[] values, int rows, int row) {
    int each = values.length / rows;
    return Arrays.copyOfRange(values, row * each, (row + 1) * each);
  }

  @Test
  void refuseToTearPairsApart() {
    assertThatThrownBy(() -> batches().sliced(new BatchSlice(0, 8)))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot divide a batch: expected 8 images to give 8 workers an even number each");
    assertThatThrownBy(() -> new BatchSlice(2, 2))
        .hasMessage("Cannot slice batches: expected a worker below their number, got 2 of 2");
  }
}
