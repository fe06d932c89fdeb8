package io.deepincubation.core.detection;

/**
 * Which level of the pyramid a region of interest is read from: {@code floor(level +
 * log2(sqrt(area) / size + 1e-8))}, kept within the levels that there are.
 *
 * @param lowest the finest level: 2, of stride 4
 * @param highest the coarsest: 5, of stride 32
 * @param level that of regions of {@code size}: 4 at 224 in the paper's systems
 * @param size side of a square, in pixels
 */
public record RegionLevels(int lowest, int highest, int level, double size) {

  private static final double TINY = 1e-8;

  /**
   * Of a pyramid's four levels, counted from 0.
   *
   * @param size side of a square, in pixels, from which regions are read from the third: 224
   */
  public static RegionLevels ofPyramid(double size) {
    return new RegionLevels(0, 3, 2, size);
  }

  /**
   * The level of each region.
   *
   * @param boxes N x 4
   */
  public int[] of(float[] boxes) {
    int[] levels = new int[Boxes.count(boxes)];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = of(Boxes.area(boxes, i));
    }
    return levels;
  }

  private int of(float area) {
    float sides = (float) Math.sqrt(Math.max(area, 0)) / (float) size + (float) TINY;
    float exact = level + (float) (Math.log(sides) / Math.log(2));
    return (int) Math.min(Math.max(Math.floor(exact), lowest), highest);
  }
}
