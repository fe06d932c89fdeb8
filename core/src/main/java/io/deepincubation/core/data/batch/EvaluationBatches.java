package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LabelledImage;

/** All images of a split once, in order, in the middle square that evaluation sees, normalised. */
public final class EvaluationBatches {

  private final ImageTable table;
  private final int batchSize;
  private final PixelTransform transform;

  /**
   * Batches of a table.
   *
   * @param batchSize images of every batch but the last, which may have fewer
   * @param transform to the table's height and width
   * @throws UnfitDataException if there are no images
   */
  public EvaluationBatches(ImageTable table, int batchSize, PixelTransform transform) {
    if (batchSize < 1) {
      throw new IllegalArgumentException(
          "Cannot make a batch: expected 1 image or more, got " + batchSize);
    }
    if (table.size() == 0) {
      throw new UnfitDataException("Cannot evaluate: expected 1 image or more, got none");
    }
    this.table = table;
    this.batchSize = batchSize;
    this.transform = transform;
  }

  /** Number of batches. */
  public int count() {
    return (table.size() + batchSize - 1) / batchSize;
  }

  /** Images of a batch, from 0 to {@link #count} - 1. */
  public int size(int index) {
    return Math.min(batchSize, table.size() - index * batchSize);
  }

  /** Values of the images of a batch; the last batch may have fewer. */
  public int valuesPerBatch() {
    return size(0) * table.imageBytes();
  }

  /**
   * One batch.
   *
   * @param index from 0 to {@link #count} - 1
   * @param images where to, {@link #valuesPerBatch} values; the batch is good until it is used
   *     again
   */
  public EvaluationBatch batch(int index, float[] images) {
    int first = index * batchSize;
    int size = size(index);
    int imageBytes = table.imageBytes();
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      LabelledImage image = table.image(first + i);
      transform.write(image.picture(), images, i * imageBytes);
      labels[i] = image.label();
    }
    return new EvaluationBatch(images, labels, first, size);
  }
}
