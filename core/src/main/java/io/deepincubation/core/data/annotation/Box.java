package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Locale;

/**
 * A rectangle on an image, in pixels. Coordinates are continuous: the first pixel reaches from 0 to
 * 1, and the width is {@code x1 - x0}.
 *
 * @param x0 left edge
 * @param y0 upper edge
 * @param x1 right edge, not left of the left one
 * @param y1 lower edge, not above the upper one
 */
public record Box(double x0, double y0, double x1, double y1) {

  /**
   * Checks the order of the edges.
   *
   * @throws UnfitDataException if edges are out of order or no numbers
   */
  public Box {
    if (!(x0 <= x1 && y0 <= y1 && Double.isFinite(x1 - x0) && Double.isFinite(y1 - y0))) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot make a box: expected edges in order, got x from %s to %s and y from %s to %s",
              x0,
              x1,
              y0,
              y1));
    }
  }

  /** The box of a corner and two sides, as COCO files give it. */
  public static Box ofSize(double x, double y, double width, double height) {
    return new Box(x, y, x + width, y + height);
  }

  /** Side along x. */
  public double width() {
    return x1 - x0;
  }

  /** Side along y. */
  public double height() {
    return y1 - y0;
  }

  /** Square pixels. */
  public double area() {
    return width() * height();
  }

  /** Intersection over union, 0 to 1; boxes that only touch have 0. */
  public double overlap(Box other) {
    double common = common(other);
    return common > 0 ? common / (area() + other.area() - common) : 0;
  }

  /** How much of this box lies in another, 0 to 1: COCO's overlap with a crowd. */
  public double partIn(Box other) {
    double common = common(other);
    return common > 0 ? common / area() : 0;
  }

  private double common(Box other) {
    double across = Math.min(x1, other.x1) - Math.max(x0, other.x0);
    double down = Math.min(y1, other.y1) - Math.max(y0, other.y0);
    return across > 0 && down > 0 ? across * down : 0;
  }
}
