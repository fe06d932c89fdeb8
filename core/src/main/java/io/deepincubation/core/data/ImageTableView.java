package io.deepincubation.core.data;

/**
 * Some rows of a table.
 *
 * @param table where the images are
 * @param rows which of them, in the view's order
 */
record ImageTableView(ImageTable table, int[] rows) implements ImageTable {

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public int channels() {
    return table.channels();
  }

  @Override
  public int height() {
    return table.height();
  }

  @Override
  public int width() {
    return table.width();
  }

  @Override
  public int label(int index) {
    return table.label(rows[index]);
  }

  @Override
  public void pixels(int index, byte[] into) {
    table.pixels(rows[index], into);
  }
}
