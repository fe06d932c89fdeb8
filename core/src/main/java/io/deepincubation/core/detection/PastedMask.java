package io.deepincubation.core.detection;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.RunLengthsBuilder;

/**
 * A mask head's output on the whole image: stretched over its box, read bilinearly at the middles
 * of pixels, with zeros around it. Pixels of 0.5 and more are the object's.
 */
final class PastedMask {

  private static final float LOWEST = 0.5f;

  /**
   * The pixels of an axis that a mask reaches, and where in the mask their middles are.
   *
   * @param from the first pixel
   * @param cells the mask's cell before each middle, from -1 to its side
   * @param parts how far on the way to the next cell
   * @param ends where the next cell begins among the middles
   */
  private record Reach(int from, int[] cells, double[] parts, int[] ends) {

    static Reach of(double start, double end, int side, int size) {
      if (!(end > start)) {
        return new Reach(0, new int[0], new double[0], new int[0]);
      }
      double scale = side / (end - start);
      int from = (int) Math.max(0, Math.floor(start - 1 / scale));
      int to = (int) Math.min(size, Math.ceil(end + 1 / scale));
      int[] cells = new int[Math.max(0, to - from)];
      double[] parts = new double[cells.length];
      for (int i = 0; i < cells.length; i++) {
        double place = (from + i + 0.5 - start) * scale - 0.5;
        place = Math.min(Math.max(place, -1), side);
        cells[i] = (int) Math.floor(place);
        parts[i] = place - cells[i];
      }
      return new Reach(from, cells, parts, ends(cells));
    }

    private static int[] ends(int[] cells) {
      int[] ends = new int[cells.length];
      for (int i = cells.length - 1; i >= 0; i--) {
        boolean last = i + 1 == cells.length || cells[i + 1] != cells[i];
        ends[i] = last ? i + 1 : ends[i + 1];
      }
      return ends;
    }

    int size() {
      return cells.length;
    }
  }

  private final float[] mask;
  private final int side;
  private final int height;
  private final int width;
  private final Reach rows;
  private final Reach columns;

  /**
   * A mask on an image.
   *
   * @param mask side x side, row-major
   * @param side of the mask
   * @param box that it covers
   * @param height of the image
   * @param width of the image
   */
  PastedMask(float[] mask, int side, Box box, int height, int width) {
    this.mask = mask;
    this.side = side;
    this.height = height;
    this.width = width;
    this.rows = Reach.of(box.y0(), box.y1(), side, height);
    this.columns = Reach.of(box.x0(), box.x1(), side, width);
  }

  RunLengths runLengths() {
    var runs = new RunLengthsBuilder(height, width);
    for (int x = 0; x < columns.size(); x++) {
      double[] across = across(columns.cells[x], columns.parts[x]);
      int start = (columns.from + x) * height + rows.from;
      for (int y = 0; y < rows.size(); y = rows.ends[y]) {
        addCell(across, y, start, runs);
      }
    }
    return runs.build();
  }

  /** The pixels between two rows of the mask; their values lie between those of the rows. */
  private void addCell(double[] across, int first, int start, RunLengthsBuilder runs) {
    double above = across[rows.cells[first] + 1];
    double below = across[rows.cells[first] + 2];
    int end = rows.ends[first];
    if (isObject(above) && isObject(below)) {
      runs.add(start + first, start + end);
    } else if (isObject(above) || isObject(below)) {
      for (int y = first; y < end; y++) {
        if (isObject(above + rows.parts[y] * (below - above))) {
          runs.add(start + y, start + y + 1);
        }
      }
    }
  }

  private static boolean isObject(double value) {
    return (float) value >= LOWEST;
  }

  /** The mask's rows between two of its columns, with a zero before and two behind. */
  private double[] across(int left, double part) {
    double[] across = new double[side + 3];
    for (int row = 0; row < side; row++) {
      across[row + 1] = (1 - part) * at(row, left) + part * at(row, left + 1);
    }
    return across;
  }

  private float at(int row, int column) {
    return column < 0 || column >= side ? 0 : mask[row * side + column];
  }
}
