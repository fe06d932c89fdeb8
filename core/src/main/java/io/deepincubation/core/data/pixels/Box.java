package io.deepincubation.core.data.pixels;

import java.util.Locale;

/**
 * A part of an image.
 *
 * @param top first row
 * @param bottom row after the last
 * @param left first column
 * @param right column after the last
 */
public record Box(int top, int bottom, int left, int right) {

  /** Checks the order of the edges. */
  public Box {
    if (top < 0 || bottom < top || left < 0 || right < left) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make a box: expected edges in order from 0, got rows %d to %d and columns %d"
                  + " to %d",
              top,
              bottom,
              left,
              right));
    }
  }

  /** All of an image. */
  static Box whole(int height, int width) {
    return new Box(0, height, 0, width);
  }

  /** Pixels in it. */
  public int area() {
    return (bottom - top) * (right - left);
  }
}
