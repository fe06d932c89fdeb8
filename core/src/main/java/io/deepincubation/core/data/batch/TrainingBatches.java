package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.augment.Mixing;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelledImage;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.RecipeException;
import java.util.Locale;

/**
 * The batches of a training by epoch and index: shuffled anew each epoch, augmented, mixed. A batch
 * is a pure function of the key, its epoch and its index, so a resumed training goes on with the
 * very images it would have seen. Safe for use by several threads.
 */
public final class TrainingBatches {

  private static final long SHUFFLE = RandomStream.part("shuffle");
  private static final long MIXING = RandomStream.part("mixing");

  private final ImageTable table;
  private final double labelSmoothing;
  private final int classes;
  private final int batchSize;
  private final BatchKey key;
  private final int repeats;
  private final Augmentation augmentation;
  private final Mixing mixing;
  private final Workers workers;
  private volatile Order order = new Order(-1, new int[0]);

  private record Order(int epoch, int[] rows) {}

  /**
   * Checks that batches can be made.
   *
   * @param table the training images
   * @param augmentation what is done to them
   * @param labelSmoothing share of a target that all classes divide evenly
   * @param classes columns of the targets
   * @param batchSize B; even where images are mixed
   * @param key what the draws are for
   * @param threads how many make a batch together
   * @throws UnfitDataException if there are fewer images than a batch has, or a label is too high
   * @throws RecipeException if images are mixed and the batch is odd
   */
  public TrainingBatches(
      ImageTable table,
      AugmentationRecipe augmentation,
      double labelSmoothing,
      int classes,
      int batchSize,
      BatchKey key,
      int threads) {
    this.table = table;
    this.labelSmoothing = labelSmoothing;
    this.classes = classes;
    this.batchSize = batchSize;
    this.key = key;
    this.augmentation = new Augmentation(augmentation, key, table.height());
    this.repeats = augmentation.repeats();
    this.workers = new Workers(threads);
    this.mixing = Mixing.of(augmentation);
    checkSizes();
    checkLabels();
  }

  private void checkSizes() {
    if (batchSize < 1 || (mixing.isOn() && batchSize % 2 != 0)) {
      throw new RecipeException(
          "Cannot make a batch: expected an even number of images, since mixup or cutmix pairs"
              + " them, got "
              + batchSize);
    }
    if (table.size() < batchSize) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot make a batch: expected at least %d training images, got %d; lower the batch"
                  + " size",
              batchSize,
              table.size()));
    }
  }

  private void checkLabels() {
    if (table.labelBound() > classes) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot train on these images: expected labels below %d classes, got %d",
              classes,
              table.labelBound() - 1));
    }
  }

  /**
   * Whole batches in an epoch, which is as long as the split; the images left over, and with
   * repeated augmentation all but the first part, wait for another shuffle.
   */
  public int batchesPerEpoch() {
    return table.size() / batchSize;
  }

  /** The shape of a batch's images: B x C x H x W. */
  public Shape imageShape() {
    return new Shape(batchSize, table.channels(), table.height(), table.width());
  }

  /** Values of a batch's images. */
  int valuesPerBatch() {
    return Math.toIntExact(imageShape().size());
  }

  /**
   * One batch.
   *
   * @param epoch from 0
   * @param index from 0 to {@link #batchesPerEpoch} - 1
   */
  public Batch batch(int epoch, int index) {
    return batch(epoch, index, new float[valuesPerBatch()]);
  }

  /**
   * One batch.
   *
   * @param epoch from 0
   * @param index from 0 to {@link #batchesPerEpoch} - 1
   * @param images where to, {@link #valuesPerBatch} values; the batch is good until it is used
   *     again
   */
  Batch batch(int epoch, int index, float[] images) {
    if (index < 0 || index >= batchesPerEpoch()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make a batch: expected an index below %d, got %d",
              batchesPerEpoch(),
              index));
    }
    int[] rows = rows(epoch);
    int imageBytes = table.imageBytes();
    int[] labels = new int[batchSize];
    workers.forEach(
        batchSize,
        i -> {
          int place = index * batchSize + i;
          int row = rows[place / repeats];
          LabelledImage image = table.image(row);
          var look = new Augmentation.Look(epoch, row, place % repeats);
          augmentation.apply(image.picture(), look, images, i * imageBytes);
          labels[i] = image.label();
        });
    Mix mix = mixing.draw(stream(epoch, index, MIXING), table.height(), table.width());
    mix.apply(images, batchSize, table.width());
    return new Batch(images, mix.targets(labels, classes, labelSmoothing), batchSize);
  }

  private RandomStream stream(int epoch, int index, long part) {
    return RandomStream.of(
        key.seed(), RandomStream.part(key.stage()), key.moduleIndex(), epoch, index, part);
  }

  private int[] rows(int epoch) {
    Order current = order;
    if (current.epoch() != epoch) {
      current = new Order(epoch, table.shuffled(stream(epoch, 0, SHUFFLE)));
      order = current;
    }
    return current.rows();
  }
}
