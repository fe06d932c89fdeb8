package io.deepincubation.core.network;

import io.deepincubation.core.network.Interpolation.Grid;
import java.util.List;
import java.util.Locale;

/**
 * Boxes on the images of a batch that heads look at.
 *
 * @param images the image of each, from 0
 * @param levels of the pyramid that each is read off, from 0 to 3
 * @param boxes left, top, right and bottom of each, in pixels of the padded image
 */
public record Regions(int[] images, int[] levels, float[] boxes) {

  private static final int COORDINATES = 4;

  /** Values of a region in {@link #places}. */
  static final int VALUES = 8;

  /** Checks. */
  public Regions {
    if (levels.length != images.length || boxes.length != COORDINATES * images.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot look at %d regions: expected a level and 4 values of a box of each, got %d"
                  + " and %d",
              images.length,
              levels.length,
              boxes.length));
    }
  }

  /** How many there are. */
  public int count() {
    return images.length;
  }

  /** Some of them, in the order of the places. */
  Regions at(int[] places) {
    var some =
        new Regions(
            new int[places.length], new int[places.length], new float[COORDINATES * places.length]);
    for (int i = 0; i < places.length; i++) {
      some.images[i] = images[places[i]];
      some.levels[i] = levels[places[i]];
      System.arraycopy(boxes, COORDINATES * places[i], some.boxes, COORDINATES * i, COORDINATES);
    }
    return some;
  }

  /**
   * Where their bins are on the maps: image, first row of the level's map in an image's table of
   * places, the map's height and width; top, left, and height and width of a bin, aligned: the
   * centre of a place is its number.
   *
   * @param maps sizes of the levels' maps
   * @param strides pixels from one place to the next
   * @param side bins of a region along each side
   * @return 8 values of each region
   */
  float[] places(List<Grid> maps, List<Integer> strides, int side) {
    var places = new float[VALUES * images.length];
    for (int i = 0; i < images.length; i++) {
      Grid map = maps.get(levels[i]);
      double stride = strides.get(levels[i]);
      int box = COORDINATES * i;
      float[] each = {
        images[i],
        offset(maps, levels[i]),
        map.height(),
        map.width(),
        (float) (boxes[box + 1] / stride - 0.5),
        (float) (boxes[box] / stride - 0.5),
        (float) (((double) boxes[box + 3] - boxes[box + 1]) / stride / side),
        (float) (((double) boxes[box + 2] - boxes[box]) / stride / side)
      };
      System.arraycopy(each, 0, places, VALUES * i, VALUES);
    }
    return places;
  }

  private static int offset(List<Grid> maps, int level) {
    return maps.subList(0, level).stream().mapToInt(map -> map.height() * map.width()).sum();
  }
}
