package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.PngNumbers;
import java.io.IOException;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * The class of each pixel of an image.
 *
 * @param values H x W class ids from 0 to 65535, row-major; not copied
 * @param height H
 * @param width W
 */
public record LabelMap(char[] values, int height, int width) {

  /** Numbers that a pixel may have. */
  public static final int VALUES = 1 << Character.SIZE;

  /** Checks that the values fill the map. */
  public LabelMap {
    if (height < 1 || width < 1 || values.length != height * width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make a label map: expected %d x %d values, got %d",
              height,
              width,
              values.length));
    }
  }

  /**
   * The map in a PNG file: its levels of grey, of 8 or 16 bits or fewer, or the indices of its
   * palette.
   *
   * @throws IOException if the file is none with one number a pixel
   */
  public static LabelMap ofPng(byte[] file) throws IOException {
    PngNumbers numbers = PngNumbers.of(file);
    return new LabelMap(numbers.values(), numbers.height(), numbers.width());
  }

  /** The map as a grey PNG file: of 8 bits where all class ids fit, else of 16. */
  public byte[] png() {
    return new PngNumbers(values, height, width).file();
  }

  /** A pixel's class id. */
  public int at(int row, int column) {
    return values[row * width + column];
  }

  /** The map with other class ids for those that there are. */
  public LabelMap mapped(IntUnaryOperator other) {
    var mapped = new char[values.length];
    for (int i = 0; i < values.length; i++) {
      mapped[i] = (char) other.applyAsInt(values[i]);
    }
    return new LabelMap(mapped, height, width);
  }

  /** The map with other numbers of pixels, each of which has the class of the nearest old one. */
  public LabelMap resized(int toHeight, int toWidth) {
    if (toHeight == height && toWidth == width) {
      return this;
    }
    int[] rows = nearest(height, toHeight);
    int[] columns = nearest(width, toWidth);
    var resized = new char[toHeight * toWidth];
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        resized[y * toWidth + x] = values[rows[y] * width + columns[x]];
      }
    }
    return new LabelMap(resized, toHeight, toWidth);
  }

  /**
   * The old pixel that the centre of each new one is in.
   *
   * @param from old pixels of a line
   * @param to new ones
   */
  public static int[] nearest(int from, int to) {
    var nearest = new int[to];
    for (int i = 0; i < to; i++) {
      nearest[i] = (int) ((2L * i + 1) * from / (2L * to));
    }
    return nearest;
  }

  /** A part of the map. */
  public LabelMap part(Box box) {
    int partHeight = box.bottom() - box.top();
    int partWidth = box.right() - box.left();
    var part = new char[box.area()];
    for (int y = 0; y < partHeight; y++) {
      System.arraycopy(
          values, (box.top() + y) * width + box.left(), part, y * partWidth, partWidth);
    }
    return new LabelMap(part, partHeight, partWidth);
  }

  /** The map with left and right changed. */
  public LabelMap mirrored() {
    var mirrored = new char[values.length];
    for (int start = 0; start < values.length; start += width) {
      int end = start + width - 1;
      for (int x = 0; x < width; x++) {
        mirrored[end - x] = values[start + x];
      }
    }
    return new LabelMap(mirrored, height, width);
  }

  /** How many pixels each class id has, {@value #VALUES} numbers. */
  public int[] counts() {
    var counts = new int[VALUES];
    for (char value : values) {
      counts[value]++;
    }
    return counts;
  }

  /** The pixels of each class id that there is, by rising id. */
  public SortedMap<Integer, RunLengths> regions() {
    var builders = new TreeMap<Integer, RunLengthsBuilder>();
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; ) {
        int first = y;
        int id = at(y, x);
        while (y < height && at(y, x) == id) {
          y++;
        }
        builders
            .computeIfAbsent(id, any -> new RunLengthsBuilder(height, width))
            .add(x * height + first, x * height + y);
      }
    }
    var regions = new TreeMap<Integer, RunLengths>();
    builders.forEach((id, builder) -> regions.put(id, builder.build()));
    return regions;
  }

  /**
   * Writes the map into the upper left of a frame, H x W class ids.
   *
   * @param into where to
   * @param offset where the frame starts
   * @param frameHeight H, no less than the map's
   * @param frameWidth W, no less than the map's
   * @param outside what the rest of the frame becomes
   */
  public void write(float[] into, int offset, int frameHeight, int frameWidth, int outside) {
    for (int y = 0; y < frameHeight; y++) {
      for (int x = 0; x < frameWidth; x++) {
        into[offset + y * frameWidth + x] = y < height && x < width ? at(y, x) : outside;
      }
    }
  }
}
