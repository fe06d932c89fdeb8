package io.deepincubation.core.detection;

import java.util.Locale;

/**
 * Boxes as deltas to other boxes: {@code (cx' - cx) / w, (cy' - cy) / h, log(w' / w), log(h' / h)},
 * each times a weight. Decoded logarithms are at most log(1000 / 16), so that no box grows without
 * bound.
 *
 * @param center weight of the centre's deltas: 1 of proposals, 10 of detections
 * @param size weight of the sides' deltas: 1 of proposals, 5 of detections
 */
public record BoxCoding(double center, double size) {

  private static final double LARGEST_LOG = Math.log(1000.0 / 16);

  /** Of a region proposal network. */
  public static final BoxCoding PROPOSALS = new BoxCoding(1, 1);

  /** Of a box head. */
  public static final BoxCoding DETECTIONS = new BoxCoding(10, 5);

  /**
   * The deltas from boxes to others.
   *
   * @param boxes N x 4, of positive sides
   * @param targets N x 4, of positive sides
   * @return N x 4
   */
  public float[] encode(float[] boxes, float[] targets) {
    requireLength(boxes, targets);
    float[] deltas = new float[boxes.length];
    for (int i = 0; i < boxes.length; i += Boxes.SIDES) {
      for (int axis = 0; axis < 2; axis++) {
        double from = boxes[i + axis];
        double side = boxes[i + axis + 2] - from;
        double targetFrom = targets[i + axis];
        double targetSide = targets[i + axis + 2] - targetFrom;
        double moved = targetFrom + targetSide / 2 - (from + side / 2);
        deltas[i + axis] = (float) (center * moved / side);
        deltas[i + axis + 2] = (float) (size * Math.log(targetSide / side));
      }
    }
    return deltas;
  }

  /**
   * The boxes at deltas from others.
   *
   * @param boxes N x 4
   * @param deltas N x 4
   * @return N x 4
   */
  public float[] decode(float[] boxes, float[] deltas) {
    requireLength(boxes, deltas);
    float[] decoded = new float[boxes.length];
    for (int i = 0; i < boxes.length; i += Boxes.SIDES) {
      decode(boxes, i, deltas, i, decoded, i);
    }
    return decoded;
  }

  void decode(float[] boxes, int box, float[] deltas, int delta, float[] decoded, int at) {
    for (int axis = 0; axis < 2; axis++) {
      double from = boxes[box + axis];
      double side = boxes[box + axis + 2] - from;
      double middle = from + side / 2 + deltas[delta + axis] / center * side;
      double log = Math.min(deltas[delta + axis + 2] / size, LARGEST_LOG);
      double half = Math.exp(log) * side / 2;
      decoded[at + axis] = (float) (middle - half);
      decoded[at + axis + 2] = (float) (middle + half);
    }
  }

  private static void requireLength(float[] boxes, float[] others) {
    if (boxes.length != others.length || boxes.length % Boxes.SIDES != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot code boxes: expected two arrays of N x 4 numbers, got %d and %d",
              boxes.length,
              others.length));
    }
  }
}
