package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.List;
import java.util.Locale;

/**
 * A closed outline on an image.
 *
 * @param coordinates x and y of each corner in turn, in pixels, of three corners at least; corners
 *     may lie outside of the image
 */
public record Polygon(double[] coordinates) {

  /** Beyond any image; the time to draw an edge grows with its length. */
  private static final double FARTHEST = 1e6;

  private static final int SHORTEST = 6;

  /**
   * Checks and copies the coordinates.
   *
   * @throws UnfitDataException if they are too few, an odd number, or far from any image
   */
  public Polygon {
    if (coordinates.length < SHORTEST || coordinates.length % 2 != 0) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read a polygon: expected x and y of three corners at least, got %d numbers",
              coordinates.length));
    }
    for (double coordinate : coordinates) {
      if (!(Math.abs(coordinate) <= FARTHEST)) {
        throw new UnfitDataException(
            String.format(
                Locale.ROOT,
                "Cannot read a polygon: expected coordinates within a million pixels, got %s",
                coordinate));
      }
    }
    coordinates = coordinates.clone();
  }

  /** The pixels inside, by COCO's rules. */
  public RunLengths draw(int height, int width) {
    return new OutlineWalk(height, width).of(coordinates);
  }

  /** The pixels inside of any of some outlines, by COCO's rules. */
  public static RunLengths draw(List<Polygon> polygons, int height, int width) {
    return polygons.stream()
        .map(polygon -> polygon.draw(height, width))
        .reduce(RunLengths::union)
        .orElseGet(() -> new RunLengthsBuilder(height, width).build());
  }

  /** Each x becomes {@code (x - left) * xScale}, each y {@code (y - top) * yScale}. */
  public Polygon moved(double left, double top, double xScale, double yScale) {
    double[] moved = new double[coordinates.length];
    for (int i = 0; i < moved.length; i += 2) {
      moved[i] = (coordinates[i] - left) * xScale;
      moved[i + 1] = (coordinates[i + 1] - top) * yScale;
    }
    return new Polygon(moved);
  }
}
