package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A mask of H x W bits as the lengths of its runs (COCO's RLE): down the columns, zeros and ones in
 * turn, beginning with zeros. Only the first length may be 0, so equal masks have equal lengths.
 */
public final class RunLengths {

  private final int height;
  private final int width;
  private final int[] counts;
  private final long area;
  private final Box box;

  /** Takes over counts in which only the first may be 0. */
  RunLengths(int height, int width, int[] counts) {
    this.height = height;
    this.width = width;
    this.counts = counts;
    this.area = area(counts);
    this.box = box(counts, height);
  }

  /**
   * The mask of some bits.
   *
   * @param bits H x W, row-major
   */
  public static RunLengths of(boolean[] bits, int height, int width) {
    var runs = new RunLengthsBuilder(height, width);
    if (bits.length != height * width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make run lengths: expected %d x %d bits, got %d",
              height,
              width,
              bits.length));
    }
    for (int column = 0; column < width; column++) {
      for (int row = 0; row < height; row++) {
        if (bits[row * width + column]) {
          int position = column * height + row;
          runs.add(position, position + 1);
        }
      }
    }
    return runs.build();
  }

  /**
   * The mask of lengths, as a COCO file writes crowds; lengths of 0 are allowed anywhere.
   *
   * @throws UnfitDataException if they do not fill the mask
   */
  public static RunLengths ofCounts(int[] counts, int height, int width) {
    var runs = new RunLengthsBuilder(height, width);
    int total = height * width;
    int position = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < 0 || counts[i] > total - position) {
        throw unfit(height, width, "length " + counts[i] + " at position " + position);
      }
      if (i % 2 == 1) {
        runs.add(position, position + counts[i]);
      }
      position += counts[i];
    }
    if (position < total) {
      throw unfit(height, width, Integer.toString(position));
    }
    return runs.build();
  }

  /**
   * The mask of COCO's compressed text.
   *
   * @throws UnfitDataException if the text is none, or does not fill the mask
   */
  public static RunLengths parse(String compressed, int height, int width) {
    return ofCounts(CompressedCounts.read(compressed), height, width);
  }

  /** H. */
  public int height() {
    return height;
  }

  /** W. */
  public int width() {
    return width;
  }

  /** The lengths. */
  public int[] counts() {
    return counts.clone();
  }

  /** COCO's compressed text. */
  public String compressed() {
    return CompressedCounts.write(counts);
  }

  /** The bits, H x W, row-major. */
  public boolean[] bits() {
    boolean[] bits = new boolean[height * width];
    int position = counts[0];
    for (int i = 1; i < counts.length; i++) {
      int end = position + counts[i];
      for (int p = position; i % 2 == 1 && p < end; p++) {
        bits[p % height * width + p / height] = true;
      }
      position = end;
    }
    return bits;
  }

  /** How many bits are ones. */
  public long area() {
    return area;
  }

  /** The smallest box around the ones; 0, 0, 0, 0 without any. */
  public Box box() {
    return box;
  }

  /**
   * Intersection over union, 0 to 1.
   *
   * @param other of the same size
   */
  public double overlap(RunLengths other) {
    long common = common(other);
    return common > 0 ? (double) common / (area + other.area - common) : 0;
  }

  /** How much of this mask lies in another, 0 to 1: COCO's overlap with a crowd. */
  public double partIn(RunLengths other) {
    long common = common(other);
    return common > 0 ? (double) common / area : 0;
  }

  /** Ones where either has ones; the other is of the same size. */
  public RunLengths union(RunLengths other) {
    var runs = new RunLengthsBuilder(height, width);
    walk(
        other,
        (from, to, here, there) -> {
          if (here || there) {
            runs.add(from, to);
          }
        });
    return runs.build();
  }

  /** Ones where both have ones; the other is of the same size. */
  public RunLengths intersection(RunLengths other) {
    var runs = new RunLengthsBuilder(height, width);
    walk(
        other,
        (from, to, here, there) -> {
          if (here && there) {
            runs.add(from, to);
          }
        });
    return runs.build();
  }

  private long common(RunLengths other) {
    if (box.overlap(other.box) == 0) {
      requireSizeOf(other);
      return 0;
    }
    long[] common = new long[1];
    walk(other, (from, to, here, there) -> common[0] += here && there ? to - from : 0);
    return common[0];
  }

  private interface Stretch {

    void visit(int from, int to, boolean here, boolean there);
  }

  /** Visits the stretches in which neither mask changes. */
  private void walk(RunLengths other, Stretch stretch) {
    requireSizeOf(other);
    int i = 0;
    int j = 0;
    int endHere = counts[0];
    int endThere = other.counts[0];
    int position = 0;
    int total = height * width;
    while (position < total) {
      int end = Math.min(endHere, endThere);
      stretch.visit(position, end, i % 2 == 1, j % 2 == 1);
      position = end;
      if (endHere == end && ++i < counts.length) {
        endHere += counts[i];
      }
      if (endThere == end && ++j < other.counts.length) {
        endThere += other.counts[j];
      }
    }
  }

  private static long area(int[] counts) {
    long area = 0;
    for (int i = 1; i < counts.length; i += 2) {
      area += counts[i];
    }
    return area;
  }

  private static Box box(int[] counts, int height) {
    if (counts.length < 2) {
      return new Box(0, 0, 0, 0);
    }
    int top = height;
    int bottom = 0;
    int position = 0;
    int last = 0;
    for (int i = 0; i + 1 < counts.length; i += 2) {
      int from = position + counts[i];
      last = from + counts[i + 1] - 1;
      boolean oneColumn = from / height == last / height;
      top = Math.min(top, oneColumn ? from % height : 0);
      bottom = Math.max(bottom, oneColumn ? last % height + 1 : height);
      position = last + 1;
    }
    int left = counts[0] / height;
    int right = last / height + 1;
    return new Box(left, top, right, bottom);
  }

  static void requireSize(int height, int width) {
    if (height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot make run lengths: expected sides from 1 and at most 2^31 - 1 bits, got %d x"
                  + " %d",
              height,
              width));
    }
  }

  private void requireSizeOf(RunLengths other) {
    if (other.height != height || other.width != width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot compare masks: expected two of %d x %d, got one of %d x %d",
              height,
              width,
              other.height,
              other.width));
    }
  }

  private static UnfitDataException unfit(int height, int width, String got) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read run lengths: expected %d x %d bits in all, got %s",
            height,
            width,
            got));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RunLengths mask
        && mask.height == height
        && mask.width == width
        && Arrays.equals(mask.counts, counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(counts);
  }

  /** Size and compressed text. */
  @Override
  public String toString() {
    return height + " x " + width + " " + compressed();
  }
}
