package io.deepincubation.core.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelledImage;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.testing.TestImages;
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrefetcherTest {

  private static final long ENDLESS = Long.MAX_VALUE;

  private static final AugmentationRecipe RECIPE =
      new AugmentationRecipe(2, false, true, 0, 0, 0.8, 1, 0.25, 1);

  @Test
  void givesTheBatchesInOrderAcrossEpochs() {
    TrainingBatches batches = batches(TestImages.table(12, 2));
    try (var prefetcher = new Prefetcher(batches, 1, ENDLESS, 2)) {
      assertThat(prefetcher.next().inputs()).isEqualTo(batches.batch(0, 1).inputs());
      assertThat(prefetcher.next().inputs()).isEqualTo(batches.batch(1, 0).inputs());
      assertThat(prefetcher.next().inputs()).isEqualTo(batches.batch(1, 1).inputs());
      assertThat(prefetcher.waitedNanos()).isPositive();
    }
  }

  @Test
  void usesAFewArraysAgainAndAgain() {
    TrainingBatches batches = batches(TestImages.table(12, 2));
    try (var prefetcher = new Prefetcher(batches, 0, ENDLESS, 3)) {
      var arrays = new HashSet<Integer>();
      for (int i = 0; i < 12; i++) {
        float[] images = prefetcher.next().inputs();
        arrays.add(System.identityHashCode(images));
        assertThat(images).isEqualTo(batches.batch(i / 3, i % 3).inputs());
      }
      assertThat(arrays).hasSize(3);
    }
  }

  @Test
  void makesABatchBeforeItIsAskedFor() throws InterruptedException {
    var read = new CountDownLatch(8);
    try (var prefetcher = new Prefetcher(batches(new Watched(read)), 0, ENDLESS, 3)) {
      assertThat(read.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(prefetcher.waitedNanos()).isZero();
    }
  }

  @Test
  void passesOnWhatTheMakingThrew() {
    try (var prefetcher = new Prefetcher(batches(new Broken()), 0, ENDLESS, 3)) {
      assertThatThrownBy(prefetcher::next)
          .isInstanceOf(UnfitDataException.class)
          .hasMessage("the disk is gone");
    }
  }

  @Test
  void givesNothingOnceClosed() {
    var prefetcher = new Prefetcher(batches(TestImages.table(12, 2)), 0, ENDLESS, 3);
    prefetcher.close();

    assertThatThrownBy(prefetcher::next)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Cannot give a batch: expected a running thread, got one that was closed");
  }

  @Test
  void rejectsMoreBatchesThanAnEpochHas() {
    TrainingBatches batches = batches(TestImages.table(12, 2));

    assertThatThrownBy(() -> new Prefetcher(batches, 0, ENDLESS, 4).close())
        .hasMessage(
            "Cannot make batches ahead: expected a first batch from 0 and 1 to 3 batches per"
                + " epoch, got 0 and 4");
  }

  private static TrainingBatches batches(ImageTable table) {
    return TestImages.batches(
        table, RECIPE, new ClassTargets(2, 0.1), 4, new BatchKey(1, "meta", -1), 1);
  }

  /** Black images of class 0 with something to see when one is read. */
  private abstract static class Black implements ImageTable {

    @Override
    public int size() {
      return 12;
    }

    @Override
    public int height() {
      return 8;
    }

    @Override
    public int width() {
      return 8;
    }

    @Override
    public int labelBound() {
      return 1;
    }
  }

  private static final class Watched extends Black {

    private final CountDownLatch read;

    Watched(CountDownLatch read) {
      this.read = read;
    }

    @Override
    public LabelledImage image(int index) {
      read.countDown();
      return new LabelledImage(new Pixels(new byte[imageBytes()], height(), width()), 0);
    }
  }

  private static final class Broken extends Black {

    @Override
    public LabelledImage image(int index) {
      throw new UnfitDataException("the disk is gone");
    }
  }
}
