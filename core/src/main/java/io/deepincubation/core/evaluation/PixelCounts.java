package io.deepincubation.core.evaluation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Pixels of each class, of an image or of many, in predicted and in true label maps; pixels without
 * a true label are left out. The measures of semantic segmentation follow from them.
 *
 * @param right pixels of the class that are taken for it, by class
 * @param truth pixels of the class
 * @param predicted pixels that are taken for the class
 */
public record PixelCounts(long[] right, long[] truth, long[] predicted) {

  /** Mean over the classes of intersection over union; of those that are or are predicted. */
  public static final String MEAN_IOU = "miou";

  /** Mean over the classes of the share of their pixels taken for them; of those that are. */
  public static final String MEAN_ACCURACY = "macc";

  /** Share of all pixels that are taken for their class. */
  public static final String ACCURACY = "aacc";

  /** Checks and copies. */
  public PixelCounts {
    if (right.length == 0 || truth.length != right.length || predicted.length != right.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot count pixels: expected three numbers of each class, got %d, %d and %d",
              right.length,
              truth.length,
              predicted.length));
    }
    right = right.clone();
    truth = truth.clone();
    predicted = predicted.clone();
  }

  /** Of no image yet. */
  public static PixelCounts none(int classes) {
    return new PixelCounts(new long[classes], new long[classes], new long[classes]);
  }

  /**
   * Counts an image.
   *
   * @param classes their number
   * @param truth class of each pixel
   * @param predicted class that each pixel is taken for, in the same order
   * @param ignored true label of pixels that are not to be counted
   * @throws IllegalArgumentException if another label is no class, or lengths differ
   */
  public static PixelCounts of(int classes, int[] truth, int[] predicted, int ignored) {
    if (truth.length != predicted.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot count pixels: expected %d predicted ones, got %d",
              truth.length,
              predicted.length));
    }
    PixelCounts counts = none(classes);
    for (int i = 0; i < truth.length; i++) {
      if (truth[i] != ignored) {
        counts.count(truth[i], predicted[i]);
      }
    }
    return counts;
  }

  private void count(int actual, int taken) {
    int classes = right.length;
    if (actual < 0 || actual >= classes || taken < 0 || taken >= classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot count pixels: expected classes from 0 to %d, got one of class %d that is"
                  + " taken for %d",
              classes - 1,
              actual,
              taken));
    }
    truth[actual]++;
    predicted[taken]++;
    if (actual == taken) {
      right[actual]++;
    }
  }

  /** Those of both; the same sum in any order. */
  public PixelCounts plus(PixelCounts other) {
    if (other.right.length != right.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot add pixels: expected %d classes, got %d",
              right.length,
              other.right.length));
    }
    return new PixelCounts(
        sum(right, other.right), sum(truth, other.truth), sum(predicted, other.predicted));
  }

  private static long[] sum(long[] one, long[] other) {
    return IntStream.range(0, one.length).mapToLong(i -> one[i] + other[i]).toArray();
  }

  @Override
  public long[] right() {
    return right.clone();
  }

  @Override
  public long[] truth() {
    return truth.clone();
  }

  @Override
  public long[] predicted() {
    return predicted.clone();
  }

  /** How many classes. */
  public int classes() {
    return right.length;
  }

  /**
   * Intersection over union of a class, 0 to 1; empty where it neither is nor is predicted. One
   * that is predicted alone has 0.
   */
  public OptionalDouble overlap(int classIndex) {
    return share(right[classIndex], truth[classIndex] + predicted[classIndex] - right[classIndex]);
  }

  /** Share of a class's pixels that are taken for it, 0 to 1; empty where there are none. */
  public OptionalDouble accuracy(int classIndex) {
    return share(right[classIndex], truth[classIndex]);
  }

  /** The measures of the whole, 0 to 1, by name; those that are 0/0 are left out. */
  public Map<String, Double> measures() {
    var measures = new LinkedHashMap<String, Double>();
    mean(this::overlap).ifPresent(value -> measures.put(MEAN_IOU, value));
    mean(this::accuracy).ifPresent(value -> measures.put(MEAN_ACCURACY, value));
    share(LongStream.of(right).sum(), LongStream.of(truth).sum())
        .ifPresent(value -> measures.put(ACCURACY, value));
    return measures;
  }

  private OptionalDouble mean(IntFunction<OptionalDouble> measure) {
    return IntStream.range(0, right.length)
        .mapToObj(measure)
        .flatMapToDouble(OptionalDouble::stream)
        .average();
  }

  private static OptionalDouble share(long part, long whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PixelCounts counts
        && Arrays.equals(right, counts.right)
        && Arrays.equals(truth, counts.truth)
        && Arrays.equals(predicted, counts.predicted);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(right) + Arrays.hashCode(truth)) + Arrays.hashCode(predicted);
  }

  @Override
  public String toString() {
    return LongStream.of(truth).sum() + " pixels of " + right.length + " classes " + measures();
  }
}
