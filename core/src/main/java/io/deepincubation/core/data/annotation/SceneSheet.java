package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.ImageCodec;
import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import java.util.Arrays;
import java.util.List;

/**
 * Images as annotated, each beside what a network says of it, on one picture: two pairs in a row.
 */
public final class SceneSheet {

  /** Images that a sheet shows, at most. */
  public static final int IMAGES = 8;

  private static final int PAIRS_IN_A_ROW = 2;

  /** Bounds of a view. */
  private static final int HEIGHT = 180;

  private static final int WIDTH = 240;

  /** Pixels between views. */
  private static final int GAP = 4;

  /** Pixels between pairs. */
  private static final int PAIR_GAP = 20;

  private static final byte BACKGROUND = (byte) 0xF0;

  /**
   * An image twice.
   *
   * @param annotated with what it shows drawn over
   * @param predicted with what a network says drawn over
   */
  public record Pair(Pixels annotated, Pixels predicted) {}

  private SceneSheet() {}

  /** The sheet of some images as a JPEG file. */
  public static byte[] jpeg(List<Pair> pairs) {
    int rows = (pairs.size() + PAIRS_IN_A_ROW - 1) / PAIRS_IN_A_ROW;
    int height = rows * (HEIGHT + GAP) + GAP;
    int width = PAIRS_IN_A_ROW * pairWidth() + GAP - (PAIR_GAP - GAP);
    byte[] values = new byte[ImageCodec.CHANNELS * height * width];
    Arrays.fill(values, BACKGROUND);
    var sheet = new Pixels(values, height, width);
    for (int i = 0; i < pairs.size(); i++) {
      int top = GAP + i / PAIRS_IN_A_ROW * (HEIGHT + GAP);
      int left = GAP + i % PAIRS_IN_A_ROW * pairWidth();
      paste(pairs.get(i).annotated(), sheet, top, left);
      paste(pairs.get(i).predicted(), sheet, top, left + WIDTH + GAP);
    }
    return ImageFiles.jpeg(sheet);
  }

  /** With the gap behind it. */
  private static int pairWidth() {
    return WIDTH + GAP + WIDTH + PAIR_GAP;
  }

  /** In the middle of its place. */
  private static void paste(Pixels image, Pixels sheet, int top, int left) {
    double scale = Math.min((double) HEIGHT / image.height(), (double) WIDTH / image.width());
    int height = Math.max(1, (int) (image.height() * scale));
    int width = Math.max(1, (int) (image.width() * scale));
    Pixels view = Resampling.bilinear(image, height, width);
    int first = top + (HEIGHT - height) / 2;
    int column = left + (WIDTH - width) / 2;
    for (int row = 0; row < ImageCodec.CHANNELS * height; row++) {
      int y = row / height * sheet.height() + first + row % height;
      System.arraycopy(
          view.values(), row * width, sheet.values(), y * sheet.width() + column, width);
    }
  }
}
