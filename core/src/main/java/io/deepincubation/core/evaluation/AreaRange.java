package io.deepincubation.core.evaluation;

/** COCO's ranges of objects' sizes, in square pixels; both bounds belong to a range. */
enum AreaRange {
  ALL(0, 0, 1e10),
  SMALL(1, 0, 32 * 32),
  MEDIUM(2, 32 * 32, 96 * 96),
  LARGE(3, 96 * 96, 1e10);

  private final int index;
  private final double smallest;
  private final double largest;

  AreaRange(int index, double smallest, double largest) {
    this.index = index;
    this.smallest = smallest;
    this.largest = largest;
  }

  /** From 0. */
  int index() {
    return index;
  }

  boolean contains(double area) {
    return area >= smallest && area <= largest;
  }
}
