package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.pixels.UnfitDataException;

/** All samples of a split once, in order, as evaluation sees them. */
public final class EvaluationBatches {

  private final EvaluationInputs inputs;
  private final int samples;
  private final int batchSize;

  /**
   * Batches of a split.
   *
   * @param inputs of its samples
   * @param batchSize samples of every batch but the last, which may have fewer; where samples are
   *     of sizes of their own each is a batch
   * @throws UnfitDataException if there are no samples
   */
  public EvaluationBatches(EvaluationInputs inputs, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "Cannot make a batch: expected 1 image or more, got " + batchSize);
    }
    samples = inputs.table().size();
    if (samples == 0) {
      throw new UnfitDataException("Cannot evaluate: expected 1 image or more, got none");
    }
    this.inputs = inputs;
    this.batchSize = inputs.scene(0).isPresent() ? 1 : batchSize;
  }

  /** Number of batches. */
  public int count() {
    return (samples + batchSize - 1) / batchSize;
  }

  /** Samples of a batch, from 0 to {@link #count} - 1. */
  public int size(int index) {
    return Math.min(batchSize, samples - index * batchSize);
  }

  /** Values of the inputs of a batch; the last batch may have fewer. */
  public int valuesPerBatch() {
    return size(0) * inputs.values();
  }

  /**
   * One batch.
   *
   * @param index from 0 to {@link #count} - 1
   * @param values where to, {@link #valuesPerBatch} values; the batch is good until it is used
   *     again
   */
  public EvaluationBatch batch(int index, float[] values) {
    int first = index * batchSize;
    int size = size(index);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = inputs.write(first + i, values, i * inputs.values());
    }
    return new EvaluationBatch(values, labels, first, size, inputs.scene(first).orElse(null));
  }
}
