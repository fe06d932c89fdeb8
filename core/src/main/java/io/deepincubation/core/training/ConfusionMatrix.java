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
 */
@Stable
public record ConfusionMatrix(long[][] counts) {

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
    counts = copy(counts);
  }

  private static long[][] copy(long[][] rows) {
    return Arrays.stream(rows).map(long[]::clone).toArray(long[][]::new);
  }

  @Override
  public long[][] counts() {
    return copy(counts);
  }

  /** All images. */
  public long images() {
    return Arrays.stream(counts).flatMapToLong(LongStream::of).sum();
  }

  /** Top-1 accuracy: the share of images on the diagonal, 0 to 1; not a number without images. */
  public double accuracy() {
    long hits = IntStream.range(0, counts.length).mapToLong(i -> counts[i][i]).sum();
    return (double) hits / images();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfusionMatrix matrix && Arrays.deepEquals(counts, matrix.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%d images of %d classes, %.4f right", images(), counts.length, accuracy());
  }
}
