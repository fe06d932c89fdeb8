package io.deepincubation.core.data.annotation;

import java.util.Arrays;

/**
 * Draws an outline by the rules of COCO's own tool, ties included: its edges are walked in steps of
 * a fifth of a pixel, and wherever the walk passes a column's middle, the column changes between
 * outside and inside at that row.
 */
final class OutlineWalk {

  private static final int SCALE = 5;

  private final int height;
  private final int width;
  private int[] crossings = new int[64];
  private int size;
  private boolean walking;
  private int x;
  private int y;

  OutlineWalk(int height, int width) {
    RunLengths.requireSize(height, width);
    this.height = height;
    this.width = width;
  }

  RunLengths of(double[] coordinates) {
    int[] corners = new int[coordinates.length];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = (int) (SCALE * coordinates[i] + 0.5);
    }
    for (int i = 0; i < corners.length; i += 2) {
      int next = (i + 2) % corners.length;
      walk(corners[i], corners[i + 1], corners[next], corners[next + 1]);
    }
    return runs();
  }

  /** Both ends included; the line is taken from its end with the smaller longer-axis coordinate. */
  private void walk(int fromX, int fromY, int toX, int toY) {
    int dx = Math.abs(toX - fromX);
    int dy = Math.abs(toY - fromY);
    if (dx >= dy) {
      int start = Math.min(fromX, toX);
      double line = fromX <= toX ? fromY : toY;
      double slope = (fromX <= toX ? toY - fromY : fromY - toY) / (double) dx;
      for (int step = 0; step <= dx; step++) {
        int t = fromX > toX ? dx - step : step;
        visit(start + t, (int) (line + slope * t + 0.5));
      }
    } else {
      int start = Math.min(fromY, toY);
      double line = fromY <= toY ? fromX : toX;
      double slope = (fromY <= toY ? toX - fromX : fromX - toX) / (double) dy;
      for (int step = 0; step <= dy; step++) {
        int t = fromY > toY ? dy - step : step;
        visit((int) (line + slope * t + 0.5), start + t);
      }
    }
  }

  private void visit(int nextX, int nextY) {
    if (walking && nextX != x) {
      cross(Math.min(x, nextX), Math.min(y, nextY));
    }
    walking = true;
    x = nextX;
    y = nextY;
  }

  private void cross(int left, int top) {
    double column = (left + 0.5) / SCALE - 0.5;
    if (Math.floor(column) != column || column < 0 || column > width - 1) {
      return;
    }
    double row = Math.ceil(Math.min(Math.max((top + 0.5) / SCALE - 0.5, 0), height));
    if (size == crossings.length) {
      crossings = Arrays.copyOf(crossings, 2 * size);
    }
    crossings[size++] = ((int) column) * height + (int) row;
  }

  private RunLengths runs() {
    Arrays.sort(crossings, 0, size);
    var runs = new RunLengthsBuilder(height, width);
    for (int i = 0; i < size; i += 2) {
      runs.add(crossings[i], i + 1 < size ? crossings[i + 1] : height * width);
    }
    return runs.build();
  }
}
