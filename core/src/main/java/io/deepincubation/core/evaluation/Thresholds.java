package io.deepincubation.core.evaluation;

/** COCO's thresholds of overlap, 0.5 to 0.95, and points of recall, 0 to 1, to the last bit. */
final class Thresholds {

  static final int OVERLAPS = 10;
  static final int RECALLS = 101;

  private static final double LOWEST = 0.5;
  private static final double HIGHEST = 0.95;
  private static final double RECALL_STEP = 0.01;

  private Thresholds() {}

  /** Overlaps of number {@code index} count from here. */
  static double overlap(int index) {
    double step = (HIGHEST - LOWEST) / (OVERLAPS - 1);
    return index == OVERLAPS - 1 ? HIGHEST : index * step + LOWEST;
  }

  static double recall(int index) {
    return index * RECALL_STEP;
  }
}
