package io.deepincubation.core.testing;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.EvaluationBatches;
import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.set.FittedSample;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.Sample;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/** Images and sets for tests. */
public final class TestImages {

  public static final int SIDE = 8;
  public static final int IMAGE_BYTES = 3 * SIDE * SIDE;

  private TestImages() {}

  /** Noise that is a pure function of the number. */
  public static byte[] noise(long number, int bytes) {
    byte[] values = new byte[bytes];
    RandomStream.of(number).nextBytes(values);
    return values;
  }

  public static Pixels image(long number) {
    return new Pixels(noise(number, IMAGE_BYTES), SIDE, SIDE);
  }

  /** Sample i is image i of class i modulo the number of classes. */
  public static List<Sample> samples(int count, int classes) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Sample(ImageCodec.encodePng(image(i)), i % classes))
        .toList();
  }

  /** The same as a set keeps them. */
  public static Iterator<FittedSample> fitted(List<Sample> samples) {
    return samples.stream().map(TestImages::fitted).iterator();
  }

  private static FittedSample fitted(Sample sample) {
    try {
      return new FittedSample(ImageFitting.NONE.fit(sample.image()), sample.label());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static ImageTable table(int count, int classes) {
    int[] labels = IntStream.range(0, count).map(i -> i % classes).toArray();
    return ImageTable.of(noise(7, count * IMAGE_BYTES), labels, SIDE, SIDE);
  }

  /** A table's batches for evaluation, in which images of its size stay as they are. */
  public static EvaluationBatches evaluation(ImageTable table, int batchSize) {
    return new EvaluationBatches(
        new ImageSamples(table).evaluated(AugmentationRecipe.NONE), batchSize);
  }

  /** A table's batches for training. */
  public static TrainingBatches batches(
      ImageTable table,
      AugmentationRecipe augmentation,
      Targets targets,
      int batchSize,
      BatchKey key,
      int threads) {
    return new TrainingBatches(
        new ImageSamples(table).trained(augmentation, key), targets, batchSize, key, threads);
  }

  /** A source of the first {@code train} samples, and as many test samples as classes. */
  public static ImageSource source(int train, int classes) {
    return new ImageSource() {
      @Override
      public List<String> classNames() {
        return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
      }

      @Override
      public List<String> splits() {
        return List.of(TRAIN, TEST);
      }

      @Override
      public long count(String split) {
        return split.equals(TRAIN) ? train : classes;
      }

      @Override
      public Iterator<Sample> samples(String split, long from, long to) {
        return TestImages.samples((int) count(split), classes)
            .subList((int) from, (int) to)
            .iterator();
      }

      @Override
      public int[] labels(String split) {
        return TestImages.samples((int) count(split), classes).stream()
            .mapToInt(Sample::label)
            .toArray();
      }
    };
  }

  /** Prepares 10 training images of 2 classes, 4 a shard. */
  public static PreparedSet prepare(Storage storage) {
    new PreparedSetWriter(storage).write(source(10, 2), 1, 4);
    return PreparedSet.open(storage);
  }
}
