package io.deepincubation.core.data.pixels;

import io.deepincubation.core.storage.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Small views of images on one picture, in rows.
 *
 * @param rows the images, row by row; rows may differ in length
 */
public record ContactSheet(List<List<Pixels>> rows) {

  /** The sheet's name in a set's folder. */
  public static final String FILE = "contact-sheet.png";

  private static final int COLUMNS = 12;

  /** Side of a view. */
  private static final int SIDE = 96;

  /** Pixels between views. */
  private static final int GAP = 4;

  private static final byte BACKGROUND = (byte) 0xF0;

  /** Copies. */
  public ContactSheet {
    rows = rows.stream().map(List::copyOf).toList();
  }

  /** Images in rows of {@value #COLUMNS}. */
  public static ContactSheet of(List<Pixels> images) {
    var rows = new ArrayList<List<Pixels>>();
    for (int first = 0; first < images.size(); first += COLUMNS) {
      rows.add(images.subList(first, Math.min(images.size(), first + COLUMNS)));
    }
    return new ContactSheet(rows);
  }

  /** Writes the sheet as {@value #FILE}. */
  public void write(Storage folder) {
    byte[] png = png();
    folder.write(FILE, stream -> stream.write(png));
  }

  /** The sheet as a PNG file. */
  public byte[] png() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int height = rows.size() * (SIDE + GAP) + GAP;
    int width = columns * (SIDE + GAP) + GAP;
    byte[] values = new byte[ImageCodec.CHANNELS * height * width];
    Arrays.fill(values, BACKGROUND);
    var sheet = new Pixels(values, height, width);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        Pixels view = view(rows.get(row).get(column));
        paste(view, sheet, GAP + row * (SIDE + GAP), GAP + column * (SIDE + GAP));
      }
    }
    return ImageCodec.encodePng(sheet);
  }

  /** The middle square; small images grow by whole factors, so that their pixels are seen. */
  private static Pixels view(Pixels image) {
    int shorter = Math.min(image.height(), image.width());
    Pixels square = Resampling.middle(image, shorter);
    return shorter > SIDE / 2 ? Resampling.resized(square, SIDE, SIDE) : grown(square);
  }

  private static Pixels grown(Pixels square) {
    byte[] values = new byte[ImageCodec.CHANNELS * SIDE * SIDE];
    int side = square.height();
    for (int i = 0; i < values.length; i++) {
      int channel = i / (SIDE * SIDE);
      int row = i / SIDE % SIDE * side / SIDE;
      int column = i % SIDE * side / SIDE;
      values[i] = square.values()[(channel * side + row) * side + column];
    }
    return new Pixels(values, SIDE, SIDE);
  }

  private static void paste(Pixels view, Pixels sheet, int top, int left) {
    for (int row = 0; row < ImageCodec.CHANNELS * SIDE; row++) {
      int y = row / SIDE * sheet.height() + top + row % SIDE;
      System.arraycopy(view.values(), row * SIDE, sheet.values(), y * sheet.width() + left, SIDE);
    }
  }
}
