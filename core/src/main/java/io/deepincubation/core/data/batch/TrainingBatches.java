package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.augment.Mixing;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.data.set.LabelledImage;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.RecipeException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The batches of a training by epoch and index: shuffled anew each epoch, augmented, mixed. A batch
 * is a pure function of the key, its epoch and its index, so a resumed training goes on with the
 * very images it would have seen. Safe for use by several threads.
 */
public final class TrainingBatches {

  private static final long SHUFFLE = RandomStream.part("shuffle");
  private static final long MIXING = RandomStream.part("mixing");
  private static final long SAMPLING = RandomStream.part("sampling");

  private final ImageTable table;
  private final Targets targets;
  private final int batchSize;
  private final BatchKey key;
  private final int repeats;
  private final AugmentationRecipe recipe;
  private final int threads;
  private final Augmentation augmentation;
  private final Mixing mixing;
  private final Workers workers;
  private final @Nullable BalancedSampling sampling;
  private volatile Order order = new Order(-1, new int[0], new int[0]);

  /** An epoch's rows, and how often each place's row was taken before in it. */
  private record Order(int epoch, int[] rows, int[] before) {}

  /**
   * Checks that batches can be made.
   *
   * @param table the training images
   * @param augmentation what is done to them
   * @param targets what labels become
   * @param batchSize B; even where images are mixed
   * @param key what the draws are for
   * @param threads how many make a batch together
   * @throws UnfitDataException if there are fewer images than a batch has, or a label is too high
   * @throws RecipeException if images are mixed and the batch is odd
   */
  public TrainingBatches(
      ImageTable table,
      AugmentationRecipe augmentation,
      Targets targets,
      int batchSize,
      BatchKey key,
      int threads) {
    this(table, augmentation, targets, null, batchSize, key, threads);
  }

  private TrainingBatches(
      ImageTable table,
      AugmentationRecipe augmentation,
      Targets targets,
      @Nullable BalancedSampling sampling,
      int batchSize,
      BatchKey key,
      int threads) {
    this.table = table;
    this.targets = targets;
    this.sampling = sampling;
    this.batchSize = batchSize;
    this.key = key;
    this.recipe = augmentation;
    this.threads = threads;
    this.augmentation = new Augmentation(augmentation, key, table.height());
    this.repeats = augmentation.repeats();
    this.workers = new Workers(threads);
    this.mixing = Mixing.of(augmentation);
    checkSizes();
    checkLabels();
  }

  /**
   * The same with epochs in which each class comes as often as any other.
   *
   * @param sets the classes of each label
   */
  public TrainingBatches balanced(LabelSets sets) {
    return new TrainingBatches(
        table,
        recipe,
        targets,
        new BalancedSampling(sets, table.labels()),
        batchSize,
        key,
        threads);
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
    if (table.labelBound() > targets.labels()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot train on these images: expected labels below %d classes, got %d",
              targets.labels(),
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
    Order order = order(epoch);
    int imageBytes = table.imageBytes();
    int[] labels = new int[batchSize];
    workers.forEach(
        batchSize,
        i -> {
          int place = index * batchSize + i;
          int row = order.rows()[place / repeats];
          int before = order.before()[place / repeats];
          LabelledImage image = table.image(row);
          var look = new Augmentation.Look(epoch, row, before * repeats + place % repeats);
          augmentation.apply(image.picture(), look, images, i * imageBytes);
          labels[i] = image.label();
        });
    Mix mix = mixing.draw(stream(epoch, index, MIXING), table.height(), table.width());
    mix.apply(images, batchSize, table.width());
    return new Batch(images, targets.of(labels, mix), batchSize);
  }

  private RandomStream stream(int epoch, int index, long part) {
    return RandomStream.of(
        key.seed(), RandomStream.part(key.stage()), key.moduleIndex(), epoch, index, part);
  }

  private Order order(int epoch) {
    Order current = order;
    if (current.epoch() != epoch) {
      int[] rows = rows(epoch);
      current = new Order(epoch, rows, before(rows));
      order = current;
    }
    return current;
  }

  private int[] rows(int epoch) {
    RandomStream shuffle = stream(epoch, 0, SHUFFLE);
    if (sampling == null) {
      return table.shuffled(shuffle);
    }
    var window = new AtomicInteger();
    return table.shuffled(
        shuffle, rows -> sampling.draw(rows, stream(epoch, window.getAndIncrement(), SAMPLING)));
  }

  private int[] before(int[] rows) {
    var before = new int[rows.length];
    if (sampling != null) {
      var taken = new int[table.size()];
      Arrays.setAll(before, place -> taken[rows[place]]++);
    }
    return before;
  }
}
