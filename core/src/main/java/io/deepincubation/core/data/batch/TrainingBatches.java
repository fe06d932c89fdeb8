package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.data.set.SampleTable;
import io.deepincubation.core.random.RandomStream;
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

  private final TrainingInputs inputs;
  private final SampleTable table;
  private final Targets targets;
  private final int batchSize;
  private final BatchKey key;
  private final Workers workers;
  private final @Nullable BalancedSampling sampling;
  private final BatchSlice slice;
  private volatile Order order = new Order(-1, new int[0], new int[0]);

  /** An epoch's rows, and how often each place's row was taken before in it. */
  private record Order(int epoch, int[] rows, int[] before) {}

  /**
   * Checks that batches can be made.
   *
   * @param inputs of the training samples
   * @param targets what labels become
   * @param batchSize B; even where inputs are mixed
   * @param key what the draws are for
   * @param threads how many make a batch together
   * @throws UnfitDataException if there are fewer samples than a batch has, or a label is too high
   * @throws RecipeException if inputs are mixed and the batch is odd
   */
  public TrainingBatches(
      TrainingInputs inputs, Targets targets, int batchSize, BatchKey key, int threads) {
    this(inputs, targets, null, BatchSlice.WHOLE, batchSize, key, new Workers(threads));
  }

  private TrainingBatches(
      TrainingInputs inputs,
      Targets targets,
      @Nullable BalancedSampling sampling,
      BatchSlice slice,
      int batchSize,
      BatchKey key,
      Workers workers) {
    this.inputs = inputs;
    this.table = inputs.table();
    this.targets = targets;
    this.sampling = sampling;
    this.slice = slice;
    this.batchSize = batchSize;
    this.key = key;
    this.workers = workers;
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
        inputs,
        targets,
        new BalancedSampling(sets, table.labels()),
        slice,
        batchSize,
        key,
        workers);
  }

  /**
   * A worker's part of the same batches; no other sample is read.
   *
   * @param part divides the batch, into even parts where inputs are mixed
   */
  public TrainingBatches sliced(BatchSlice part) {
    return new TrainingBatches(inputs, targets, sampling, part, batchSize, key, workers);
  }

  /** The part that is made of each batch. */
  public BatchSlice slice() {
    return slice;
  }

  /** Samples that are made of each batch. */
  public int size() {
    return slice.size(batchSize);
  }

  private void checkSizes() {
    if (batchSize < 1 || (inputs.areMixed() && batchSize % 2 != 0)) {
      throw new RecipeException(
          "Cannot make a batch: expected an even number of images, since mixup or cutmix pairs"
              + " them, got "
              + batchSize);
    }
    if (batchSize % slice.workers() != 0 || (inputs.areMixed() && size() % 2 != 0)) {
      throw new RecipeException(
          String.format(
              Locale.ROOT,
              "Cannot divide a batch: expected %d images to give %d workers %s each",
              batchSize,
              slice.workers(),
              inputs.areMixed() ? "an even number" : "as many"));
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

  /** The shape of the inputs that are made of a batch. */
  public Shape inputShape() {
    return new Shape(size()).addAll(inputs.shape());
  }

  /** Values that are annotated on a batch's samples. */
  int annotatedValues() {
    return size() * inputs.annotatedValues();
  }

  /** Values of a batch's inputs. */
  int valuesPerBatch() {
    return Math.toIntExact(inputShape().size());
  }

  /**
   * One batch.
   *
   * @param epoch from 0
   * @param index from 0 to {@link #batchesPerEpoch} - 1
   */
  public Batch batch(int epoch, int index) {
    return batch(epoch, index, new float[valuesPerBatch()], new float[annotatedValues()]);
  }

  /**
   * One batch.
   *
   * @param epoch from 0
   * @param index from 0 to {@link #batchesPerEpoch} - 1
   * @param values where to, {@link #valuesPerBatch} values; the batch is good until it is used
   *     again
   * @param annotated where to, {@link #annotatedValues} values
   */
  Batch batch(int epoch, int index, float[] values, float[] annotated) {
    if (index < 0 || index >= batchesPerEpoch()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make a batch: expected an index below %d, got %d",
              batchesPerEpoch(),
              index));
    }
    Order order = order(epoch);
    int each = Math.toIntExact(inputs.shape().size());
    int repeats = inputs.repeats();
    int size = size();
    int[] labels = new int[size];
    var annotations = new Annotations(annotated, new SceneObjects[inputs.haveObjects() ? size : 0]);
    workers.forEach(
        size,
        i -> {
          int place = index * batchSize + slice.place(batchSize, i);
          int row = order.rows()[place / repeats];
          int before = order.before()[place / repeats];
          var look = new Augmentation.Look(epoch, row, before * repeats + place % repeats);
          labels[i] = inputs.write(look, values, i * each, annotations, i);
        });
    Mix mix = inputs.mix(stream(epoch, index, MIXING), values, size);
    return new Batch(values, targets.of(labels, mix, annotations), annotations.list(), size);
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
