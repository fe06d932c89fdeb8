package io.deepincubation.core.detection;

import io.deepincubation.core.data.annotation.Polygon;
import io.deepincubation.core.data.annotation.RunLengths;
import java.util.List;

/**
 * What a mask head is to answer: an object's mask as seen through a proposal's box, side x side
 * zeros and ones.
 */
public final class MaskTargets {

  private static final float LOWEST = 0.5f;
  private static final double SHORTEST = 0.1;

  private MaskTargets() {}

  /**
   * The target of a mask: RoIAlign with adaptive samples, at least a half.
   *
   * @param mask of the object, of the image's size
   * @param boxes N x 4, in the image's pixels
   * @param index of the box among them
   * @param side of the target: 28
   * @return side x side, row-major
   */
  public static float[] of(RunLengths mask, float[] boxes, int index, int side) {
    double[] soft = soft(mask, boxes, index, side);
    float[] target = new float[soft.length];
    for (int i = 0; i < target.length; i++) {
      target[i] = (float) soft[i] >= LOWEST ? 1 : 0;
    }
    return target;
  }

  /**
   * The target of outlines: moved into the box and drawn there.
   *
   * @param polygons of the object, in the image's pixels
   * @param boxes N x 4, in the image's pixels
   * @param index of the box among them
   * @param side of the target: 28
   * @return side x side, row-major
   */
  public static float[] of(List<Polygon> polygons, float[] boxes, int index, int side) {
    int i = Boxes.SIDES * index;
    double xScale = side / Math.max(boxes[i + 2] - boxes[i], SHORTEST);
    double yScale = side / Math.max(boxes[i + 3] - boxes[i + 1], SHORTEST);
    List<Polygon> moved =
        polygons.stream()
            .map(polygon -> polygon.moved(boxes[i], boxes[i + 1], xScale, yScale))
            .toList();
    boolean[] bits = Polygon.draw(moved, side, side).bits();
    float[] target = new float[bits.length];
    for (int bit = 0; bit < bits.length; bit++) {
      target[bit] = bits[bit] ? 1 : 0;
    }
    return target;
  }

  /** Shares of ones, side x side. */
  static double[] soft(RunLengths mask, float[] boxes, int index, int side) {
    int i = Boxes.SIDES * index;
    var reader =
        new Reader(
            BinWeights.of(boxes[i + 1], boxes[i + 3], side, mask.height()),
            BinWeights.of(boxes[i], boxes[i + 2], side, mask.width()),
            side);
    int[] counts = mask.counts();
    int position = 0;
    for (int run = 0; run < counts.length; run++) {
      int end = position + counts[run];
      if (run % 2 == 1) {
        reader.addRun(position, end, mask.height());
      }
      position = end;
    }
    return reader.soft;
  }

  /** Adds up run after run. */
  private static final class Reader {

    private final BinWeights rows;
    private final BinWeights columns;
    private final int side;
    private final double[] soft;

    Reader(BinWeights rows, BinWeights columns, int side) {
      this.rows = rows;
      this.columns = columns;
      this.side = side;
      this.soft = new double[side * side];
    }

    /** Cuts a run at the ends of columns. */
    void addRun(int from, int to, int height) {
      int position = from;
      while (position < to) {
        int column = position / height;
        int top = position % height;
        int bottom = Math.min(height, top + to - position);
        add(column, top, bottom);
        position += bottom - top;
      }
    }

    private void add(int column, int top, int bottom) {
      for (int j = 0; j < side; j++) {
        double across = columns.between(j, column, column + 1);
        for (int i = 0; across != 0 && i < side; i++) {
          soft[i * side + j] += across * rows.between(i, top, bottom);
        }
      }
    }
  }
}
