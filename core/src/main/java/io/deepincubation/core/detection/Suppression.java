package io.deepincubation.core.detection;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Non-maximum suppression: by falling score, of equal ones by rising index, a box is kept unless
 * its overlap with a kept one is above a threshold.
 */
public final class Suppression {

  private Suppression() {}

  /**
   * What is kept of boxes that all suppress each other.
   *
   * @param boxes N x 4
   * @param scores of each
   * @param overlap an overlap of this much is still allowed
   * @return indices by falling score
   */
  public static int[] kept(float[] boxes, float[] scores, double overlap) {
    return kept(boxes, scores, new int[scores.length], overlap);
  }

  /**
   * What is kept of boxes that suppress those of their own group alone, such as a class's or a
   * pyramid level's.
   *
   * @param boxes N x 4
   * @param scores of each
   * @param groups of each
   * @param overlap an overlap of this much is still allowed
   * @return indices by falling score, over all groups
   */
  public static int[] kept(float[] boxes, float[] scores, int[] groups, double overlap) {
    Map<Integer, Kept> keptOf = new HashMap<>();
    int[] kept = new int[scores.length];
    int size = 0;
    for (int index : Ranking.of(scores)) {
      Kept group = keptOf.computeIfAbsent(groups[index], name -> new Kept());
      if (group.admits(boxes, index, overlap)) {
        kept[size++] = index;
      }
    }
    return Arrays.copyOf(kept, size);
  }

  /** The kept boxes of a group. */
  private static final class Kept {

    private static final int FIRST = 16;

    private float[] boxes = new float[FIRST * Boxes.SIDES];
    private int size;

    /** Whether a box may stay; then it is kept. */
    boolean admits(float[] candidates, int index, double overlap) {
      for (int i = 0; i < size; i++) {
        if (Boxes.overlap(candidates, index, boxes, i) > overlap) {
          return false;
        }
      }
      if (Boxes.SIDES * size == boxes.length) {
        boxes = Arrays.copyOf(boxes, 2 * boxes.length);
      }
      System.arraycopy(candidates, Boxes.SIDES * index, boxes, Boxes.SIDES * size++, Boxes.SIDES);
      return true;
    }
  }
}
