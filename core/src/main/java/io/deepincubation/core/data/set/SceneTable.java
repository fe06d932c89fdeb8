package io.deepincubation.core.data.set;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The images of a split for a dense task, each of its own size, with what is annotated on them.
 * They are read from their shards as they are needed: a row group at a time, ahead of use. A label
 * tells whether there is anything to learn from an image, {@link #LEARNT} or {@link #EMPTY}.
 */
public final class SceneTable implements SampleTable {

  /** The label of images with classes of pixels, or objects that are no crowds. */
  public static final int LEARNT = 0;

  /** The label of all others. */
  public static final int EMPTY = 1;

  /** Labels that there are. */
  public static final int LABELS = 2;

  private final StreamedImages images;
  private final SceneForm form;

  SceneTable(StreamedImages images, SceneForm form) {
    this.images = images;
    this.form = form;
  }

  /** What is annotated. */
  public SceneForm form() {
    return form;
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public int labelBound() {
    return LABELS;
  }

  @Override
  public int label(int index) {
    return images.label(index);
  }

  @Override
  public int[] labels() {
    return images.labels();
  }

  @Override
  public int[] shuffled(RandomStream random, UnaryOperator<int[]> drawn) {
    return images.shuffled(random, drawn);
  }

  /**
   * An image.
   *
   * @param index from 0 to {@link #size} - 1
   */
  public Picture picture(int index) {
    return images.image(index).picture();
  }

  /**
   * The classes of an image's pixels, or the {@linkplain SceneForm#ignoredLabel ignored label}.
   *
   * @param index from 0 to {@link #size} - 1
   * @throws UnfitDataException if it is damaged, or objects are annotated
   */
  public LabelMap mask(int index) {
    return read(index, SceneKind.SEGMENTATION, LabelMap::ofPng);
  }

  /**
   * The objects on an image.
   *
   * @param index from 0 to {@link #size} - 1
   * @throws UnfitDataException if they are damaged, or classes of pixels are annotated
   */
  public SceneObjects objects(int index) {
    return read(index, SceneKind.DETECTION, SceneObjects::fromBytes);
  }

  private interface Reading<T> {
    T of(byte[] annotation) throws IOException;
  }

  private <T> T read(int index, SceneKind kind, Reading<T> reading) {
    try {
      if (form.kind() != kind) {
        throw new IOException("expected a set for " + kind.word() + ", got another");
      }
      return reading.of(images.image(index).annotation());
    } catch (IOException e) {
      throw new UnfitDataException(
          "Cannot read what is annotated on image " + index + ": " + e.getMessage(), e);
    }
  }

  /** The images that there is something to learn from, by the same indices. */
  public SampleTable learnt() {
    int[] labels = labels();
    int count = (int) Arrays.stream(labels).filter(label -> label == LEARNT).count();
    return count == labels.length ? this : new Learnt(this, labels, count);
  }

  /** Some rows of a table. */
  private record Learnt(SceneTable table, int[] labels, int size) implements SampleTable {

    @Override
    public int labelBound() {
      return LABELS;
    }

    @Override
    public int label(int index) {
      return labels[index];
    }

    @Override
    public int[] shuffled(RandomStream random, UnaryOperator<int[]> drawn) {
      return Arrays.stream(table.shuffled(random, drawn))
          .filter(row -> labels[row] == LEARNT)
          .toArray();
    }
  }
}
