package io.deepincubation.core.training;

import io.deepincubation.core.api.Stable;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * How often images of each class were taken for each class.
 *
 * @param counts {@code counts[actual][predicted]}, square
 * @param unanswered images of each class that were taken for none, since the network's outputs were
 *     no numbers
 */
@Stable
public record ConfusionMatrix(long[][] counts, long[] unanswered) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if there are no classes, or rows of another length
   */
  public ConfusionMatrix {
    int classes = counts.length;
    if (classes == 0 || Arrays.stream(counts).anyMatch(row -> row.length != classes)) {
      throw new IllegalArgumentException(
          "Cannot make a confusion matrix: expected as many columns as rows, one at least, got "
              + classes
              + " rows");
    }
    if (unanswered.length != classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make a confusion matrix: expected unanswered images of %d classes, got %d",
              classes,
              unanswered.length));
    }
    counts = copy(counts);
    unanswered = unanswered.clone();
  }

  /** One of images that were all taken for some class. */
  public ConfusionMatrix(long[][] counts) {
    this(counts, new long[counts.length]);
  }

  private static long[][] copy(long[][] rows) {
    return Arrays.stream(rows).map(long[]::clone).toArray(long[][]::new);
  }

  @Override
  public long[][] counts() {
    return copy(counts);
  }

  @Override
  public long[] unanswered() {
    return unanswered.clone();
  }

  /** All images, those without an answer too. */
  public long images() {
    return Arrays.stream(counts).flatMapToLong(LongStream::of).sum()
        + LongStream.of(unanswered).sum();
  }

  /** Top-1 accuracy: the share of images on the diagonal, 0 to 1; not a number without images. */
  public double accuracy() {
    long hits = IntStream.range(0, counts.length).mapToLong(i -> counts[i][i]).sum();
    return (double) hits / images();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfusionMatrix matrix
        && Arrays.deepEquals(counts, matrix.counts)
        && Arrays.equals(unanswered, matrix.unanswered);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(counts) + Arrays.hashCode(unanswered);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d images of %d classes, %.4f right", images(), counts.length, accuracy());
  }
}
