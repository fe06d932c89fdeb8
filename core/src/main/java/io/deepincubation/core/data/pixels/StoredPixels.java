package io.deepincubation.core.data.pixels;

/**
 * A decoded image that lies elsewhere; no more rows of it are read than are asked for.
 *
 * @param height H
 * @param width W
 * @param rows reads it
 */
public record StoredPixels(int height, int width, Rows rows) implements Picture {

  /** Reads rows of an image that are laid out as {@link #layOut} does. Safe for several threads. */
  @FunctionalInterface
  public interface Rows {

    /**
     * Some rows.
     *
     * @param top the first
     * @param bottom the one after the last
     * @return rows x 3 x W unsigned bytes
     */
    byte[] read(int top, int bottom);
  }

  /** An image's rows, each with its three channels: H x 3 x W unsigned bytes. */
  public static byte[] layOut(Pixels pixels) {
    int height = pixels.height();
    int width = pixels.width();
    byte[] rows = new byte[pixels.values().length];
    for (int line = 0; line < ImageCodec.CHANNELS * height; line++) {
      int into = line % height * ImageCodec.CHANNELS + line / height;
      System.arraycopy(pixels.values(), line * width, rows, into * width, width);
    }
    return rows;
  }

  @Override
  public Pixels pixels() {
    return part(Box.whole(height, width), Math.min(height, width));
  }

  @Override
  public Pixels part(Box box, int side) {
    byte[] read = rows.read(box.top(), box.bottom());
    int partHeight = box.bottom() - box.top();
    int partWidth = box.right() - box.left();
    byte[] part = new byte[ImageCodec.CHANNELS * box.area()];
    for (int line = 0; line < ImageCodec.CHANNELS * partHeight; line++) {
      int from = line % partHeight * ImageCodec.CHANNELS + line / partHeight;
      System.arraycopy(read, from * width + box.left(), part, line * partWidth, partWidth);
    }
    return new Pixels(part, partHeight, partWidth);
  }
}
