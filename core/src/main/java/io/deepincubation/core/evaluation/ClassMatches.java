package io.deepincubation.core.evaluation;

/**
 * What became of the detections of one class on one image. Each is right, wrong, or neither, by
 * range of sizes and threshold of overlap: bit {@code 10 * range + threshold} tells.
 *
 * @param classIndex from 0
 * @param scores of the detections, falling; at most 100
 * @param right bits of each detection: matched to an object that counts
 * @param wrong bits of each detection: matched to none, and not outside of the range either
 * @param objects annotated objects that count, by range of sizes
 */
record ClassMatches(int classIndex, double[] scores, long[] right, long[] wrong, int[] objects) {

  static long bit(AreaRange range, int threshold) {
    return 1L << (range.index() * Thresholds.OVERLAPS + threshold);
  }
}
