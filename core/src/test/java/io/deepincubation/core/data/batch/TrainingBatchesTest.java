package io.deepincubation.core.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.testing.TestImages;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrainingBatchesTest {

  private static final AugmentationRecipe NONE =
      new AugmentationRecipe(0, false, false, 0, 0, 0, 0, 0, 1);
  private static final AugmentationRecipe FULL =
      new AugmentationRecipe(2, false, true, 0, 0, 0.8, 1, 0.25, 1);
  private static final BatchKey KEY = new BatchKey(3, "modules/1", 1);

  @Test
  void showsEveryImageOncePerEpochAndDropsTheRest() {
    TrainingBatches batches = batches(TestImages.table(22, 2), NONE, 4);

    Set<Float> seen = new HashSet<>();
    for (int i = 0; i < batches.batchesPerEpoch(); i++) {
      seen.addAll(fingerprints(batches.batch(0, i)));
    }

    assertThat(batches.batchesPerEpoch()).isEqualTo(5);
    assertThat(seen).hasSize(20);
    assertThat(batches.inputShape()).isEqualTo(new Shape(4, 3, 8, 8));
  }

  @Test
  void shufflesEveryEpochAnew() {
    TrainingBatches batches = batches(TestImages.table(20, 2), NONE, 4);

    assertThat(batches.batch(0, 0).inputs()).isNotEqualTo(batches.batch(1, 0).inputs());
  }

  @Test
  void givesTheSameBatchInWhateverOrderItIsAsked() {
    TrainingBatches forward = batches(TestImages.table(20, 2), FULL, 4);
    TrainingBatches resumed = batches(TestImages.table(20, 2), FULL, 4);
    for (int i = 0; i < 5; i++) {
      forward.batch(0, i);
    }

    Batch batch = forward.batch(1, 2);

    assertThat(resumed.batch(1, 2).inputs()).isEqualTo(batch.inputs());
    assertThat(resumed.batch(1, 2).targets()).isEqualTo(batch.targets());
  }

  @Test
  void drawsOtherBatchesForAnotherModule() {
    ImageTable table = TestImages.table(20, 2);
    var other =
        TestImages.batches(
            table, FULL, new ClassTargets(2, 0.1), 4, new BatchKey(3, "modules/1", 2), 1);

    assertThat(other.batch(0, 0).inputs())
        .isNotEqualTo(batches(table, FULL, 4).batch(0, 0).inputs());
  }

  @Test
  void givesTheSameBatchesWithMoreThreads() {
    ImageTable table = TestImages.table(20, 2);
    var together = TestImages.batches(table, FULL, new ClassTargets(2, 0.1), 4, KEY, 3);

    for (int i = 0; i < 5; i++) {
      assertThat(together.batch(0, i).inputs())
          .isEqualTo(batches(table, FULL, 4).batch(0, i).inputs());
    }
  }

  @Test
  void repeatsEachImageWithAnotherLookAndKeepsTheLengthOfAnEpoch() {
    ImageTable table = TestImages.table(12, 2);
    var plain = new AugmentationRecipe(0, false, false, 0, 0, 0, 0, 0, 3);
    var cropped = new AugmentationRecipe(2, false, false, 0, 0, 0, 0, 0, 3);

    TrainingBatches batches = batches(table, plain, 6);

    assertThat(batches.batchesPerEpoch()).isEqualTo(2);
    assertThat(fingerprints(batches.batch(0, 0))).hasSize(2);
    assertThat(fingerprints(batches(table, cropped, 6).batch(0, 0)).size()).isGreaterThan(2);
  }

  @Test
  void keepsTargetsWithTheirImages() {
    ImageTable table = TestImages.table(20, 5);
    var batches = TestImages.batches(table, NONE, new ClassTargets(5, 0.1), 4, KEY, 1);
    Batch batch = batches.batch(0, 0);

    for (int i = 0; i < 4; i++) {
      int label = labelOf(table, Arrays.copyOfRange(batch.inputs(), i * 192, (i + 1) * 192));
      assertThat(batch.targets()[i * 5 + label]).isCloseTo(0.92f, within(1e-6f));
    }
  }

  @Test
  void givesTargetsThatSumToOne() {
    Batch batch = batches(TestImages.table(20, 2), FULL, 4).batch(0, 0);

    for (int i = 0; i < 4; i++) {
      assertThat(batch.targets()[2 * i] + batch.targets()[2 * i + 1]).isCloseTo(1f, within(1e-6f));
    }
  }

  @Test
  void rejectsFewerImagesThanABatch() {
    assertThatThrownBy(() -> batches(TestImages.table(3, 2), NONE, 4))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot make a batch: expected at least 4 training images, got 3; lower the batch"
                + " size");
  }

  @Test
  void rejectsAnOddBatchWhereImagesAreMixed() {
    assertThat(batches(TestImages.table(20, 2), NONE, 5).batch(0, 0).size()).isEqualTo(5);
    assertThatThrownBy(() -> batches(TestImages.table(20, 2), FULL, 5))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot make a batch: expected an even number of images, since mixup or cutmix pairs"
                + " them, got 5");
  }

  @Test
  void rejectsALabelWithoutClass() {
    assertThatThrownBy(
            () ->
                TestImages.batches(
                    TestImages.table(20, 3), NONE, new ClassTargets(2, 0), 4, KEY, 1))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage("Cannot train on these images: expected labels below 2 classes, got 2");
  }

  @Test
  void rejectsAnIndexBehindTheEpoch() {
    TrainingBatches batches = batches(TestImages.table(20, 2), NONE, 4);

    assertThatThrownBy(() -> batches.batch(0, 5))
        .hasMessage("Cannot make a batch: expected an index below 5, got 5");
  }

  private static TrainingBatches batches(
      ImageTable table, AugmentationRecipe recipe, int batchSize) {
    return TestImages.batches(table, recipe, new ClassTargets(2, 0.1), batchSize, KEY, 1);
  }

  private static Set<Float> fingerprints(Batch batch) {
    Set<Float> sums = new HashSet<>();
    int length = batch.inputs().length / batch.size();
    for (int i = 0; i < batch.size(); i++) {
      float sum = 0;
      for (int p = 0; p < length; p++) {
        sum += batch.inputs()[i * length + p] * (p + 1);
      }
      sums.add(sum);
    }
    return sums;
  }

  private static int labelOf(ImageTable table, float[] image) {
    for (int i = 0; i < table.size(); i++) {
      float[] normal = new float[table.imageBytes()];
      Normalization.IMAGENET.apply(table.image(i).picture().pixels(), normal, 0);
      if (Arrays.equals(normal, image)) {
        return table.label(i);
      }
    }
    throw new AssertionError("the image is not in the table");
  }
}
