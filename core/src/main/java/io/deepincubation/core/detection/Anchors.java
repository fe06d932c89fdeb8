package io.deepincubation.core.detection;

/**
 * The boxes that a region proposal network starts from on one level of the pyramid: around each
 * cell's corner, one of each ratio, all of the same area.
 *
 * @param stride pixels between cells
 * @param size side of the square of the same area, in pixels; 8 strides in the paper's systems
 * @param ratios height / width; 0.5, 1, 2 in the paper's systems
 */
public record Anchors(int stride, double size, double... ratios) {

  /** Copies the ratios. */
  public Anchors {
    ratios = ratios.clone();
  }

  /** Boxes of each cell. */
  public int perCell() {
    return ratios.length;
  }

  /**
   * All of a map.
   *
   * @param rows its height
   * @param columns its width
   * @return {@code rows x columns x ratios} boxes in this order, around {@code (column * stride,
   *     row * stride)}
   */
  public float[] boxes(int rows, int columns) {
    float[] boxes = new float[Boxes.SIDES * rows * columns * ratios.length];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        for (double ratio : ratios) {
          float halfHeight = (float) (size * Math.sqrt(ratio) / 2);
          float halfWidth = (float) (size / Math.sqrt(ratio) / 2);
          boxes[at++] = column * stride - halfWidth;
          boxes[at++] = row * stride - halfHeight;
          boxes[at++] = column * stride + halfWidth;
          boxes[at++] = row * stride + halfHeight;
        }
      }
    }
    return boxes;
  }
}
