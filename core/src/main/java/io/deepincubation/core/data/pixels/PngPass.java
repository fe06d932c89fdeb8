package io.deepincubation.core.data.pixels;

/**
 * Where the pixels of a pass over a PNG file's image are.
 *
 * @param top the first row
 * @param left the first column
 * @param down rows from one to the next
 * @param across columns from one to the next
 */
record PngPass(int top, int left, int down, int across) {

  private static final PngPass[] WHOLE = {new PngPass(0, 0, 1, 1)};

  private static final PngPass[] ADAM7 = {
    new PngPass(0, 0, 8, 8),
    new PngPass(0, 4, 8, 8),
    new PngPass(4, 0, 8, 4),
    new PngPass(0, 2, 4, 4),
    new PngPass(2, 0, 4, 2),
    new PngPass(0, 1, 2, 2),
    new PngPass(1, 0, 2, 1)
  };

  /** The passes of a file, in order. */
  static PngPass[] of(PngFile file) {
    return file.interlaced() ? ADAM7 : WHOLE;
  }

  /** Its columns that are left of a column. */
  int columns(int width) {
    return (width - left + across - 1) / across;
  }
}
