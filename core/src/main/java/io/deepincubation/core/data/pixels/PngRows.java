package io.deepincubation.core.data.pixels;

import io.deepincubation.core.data.pixels.PngFile.Part;
import java.io.IOException;
import java.util.Iterator;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The rows of a PNG file, one after the other, decompressed and with their filters undone. */
final class PngRows implements AutoCloseable {

  private final byte[] file;
  private final Iterator<Part> parts;
  private final Inflater inflater = new Inflater();

  /** Bytes from a sample to that of the pixel before. */
  private final int step;

  /** The filter's number, and the bytes. */
  private byte[] row = new byte[0];

  private byte[] above = new byte[0];

  PngRows(byte[] bytes, PngFile file) {
    this.file = bytes;
    parts = file.data().iterator();
    step = Math.max(1, file.bits() / Byte.SIZE);
  }

  /**
   * A sample of one byte or less.
   *
   * @param row as {@link #next} gives it
   * @param number of the sample in the row
   * @param depth its bits
   */
  static int index(byte[] row, int number, int depth) {
    int bit = number * depth;
    int byteValue = row[1 + bit / Byte.SIZE] & 0xFF;
    return byteValue >> (Byte.SIZE - depth - bit % Byte.SIZE) & ((1 << depth) - 1);
  }

  /** Begins a pass, whose first row has none above. */
  void begin(int rowBytes) {
    row = new byte[1 + rowBytes];
    above = new byte[1 + rowBytes];
  }

  /**
   * The next row, good until the one after the next is read: a byte that means nothing, then the
   * samples.
   */
  byte[] next() throws IOException {
    byte[] free = above;
    above = row;
    row = free;
    inflate();
    switch (row[0]) {
      case 0 -> {}
      case 1 -> left();
      case 2 -> up();
      case 3 -> mean();
      case 4 -> paeth();
      default -> throw ImageCodec.damaged("a row of it has the filter " + (row[0] & 0xFF));
    }
    return row;
  }

  private void inflate() throws IOException {
    try {
      int filled = 0;
      while (filled < row.length) {
        int got = inflater.inflate(row, filled, row.length - filled);
        filled += got;
        if (got == 0) {
          feed();
        }
      }
    } catch (DataFormatException e) {
      throw ImageCodec.damaged("its rows cannot be decompressed, " + e.getMessage());
    }
  }

  private void feed() throws IOException {
    if (!inflater.needsInput() || inflater.finished() || !parts.hasNext()) {
      throw ImageCodec.damaged("it ends before its last row");
    }
    Part next = parts.next();
    inflater.setInput(file, next.start(), next.length());
  }

  private void left() {
    for (int i = 1 + step; i < row.length; i++) {
      row[i] += row[i - step];
    }
  }

  private void up() {
    for (int i = 1; i < row.length; i++) {
      row[i] += above[i];
    }
  }

  private void mean() {
    for (int i = 1; i < row.length; i++) {
      int before = i > step ? row[i - step] & 0xFF : 0;
      row[i] += (byte) ((before + (above[i] & 0xFF)) >> 1);
    }
  }

  private void paeth() {
    for (int i = 1; i < row.length; i++) {
      int before = i > step ? row[i - step] & 0xFF : 0;
      int corner = i > step ? above[i - step] & 0xFF : 0;
      row[i] += (byte) nearest(before, above[i] & 0xFF, corner);
    }
  }

  /** Which of three neighbours is nearest to left + up - corner. */
  private static int nearest(int left, int up, int corner) {
    int toLeft = Math.abs(up - corner);
    int toUp = Math.abs(left - corner);
    int toCorner = Math.abs(left + up - 2 * corner);
    if (toLeft <= toUp && toLeft <= toCorner) {
      return left;
    }
    return toUp <= toCorner ? up : corner;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
