package io.deepincubation.core.data.set;

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
  public int height() {
    return table.height();
  }

  @Override
  public int width() {
    return table.width();
  }

  @Override
  public int labelBound() {
    return table.labelBound();
  }

  @Override
  public LabelledImage image(int index) {
    return table.image(rows[index]);
  }
}
