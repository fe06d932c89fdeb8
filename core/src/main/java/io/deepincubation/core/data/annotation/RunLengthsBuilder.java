package io.deepincubation.core.data.annotation;

import java.util.Arrays;

/**
 * Makes the run lengths of a mask from its runs of ones, in rising order. Positions count down the
 * columns: that of row y and column x is {@code x * height + y}.
 */
public final class RunLengthsBuilder {

  private static final int FIRST_COUNTS = 16;

  private final int height;
  private final int width;
  private int[] counts = new int[FIRST_COUNTS];
  private int size;
  private int end;

  /** Starts a mask without ones. */
  public RunLengthsBuilder(int height, int width) {
    RunLengths.requireSize(height, width);
    this.height = height;
    this.width = width;
  }

  /**
   * Makes positions ones.
   *
   * @param from the first, not before the end of the run added last
   * @param to the one after the last
   */
  public void add(int from, int to) {
    if (from == to) {
      return;
    }
    if (size > 0 && from == end) {
      counts[size - 1] += to - from;
    } else {
      append(from - end);
      append(to - from);
    }
    end = to;
  }

  /** The mask. */
  public RunLengths build() {
    int total = height * width;
    if (end < total || size == 0) {
      append(total - end);
      end = total;
    }
    return new RunLengths(height, width, Arrays.copyOf(counts, size));
  }

  private void append(int count) {
    if (size == counts.length) {
      counts = Arrays.copyOf(counts, 2 * size);
    }
    counts[size++] = count;
  }
}
