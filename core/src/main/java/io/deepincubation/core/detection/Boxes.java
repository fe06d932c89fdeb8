package io.deepincubation.core.detection;

import io.deepincubation.core.data.annotation.Box;
import java.util.Arrays;

/** Arrays of N x 4 coordinates. */
final class Boxes {

  static final int SIDES = 4;

  private Boxes() {}

  static int count(float[] boxes) {
    return boxes.length / SIDES;
  }

  static float area(float[] boxes, int index) {
    int i = SIDES * index;
    return (boxes[i + 2] - boxes[i]) * (boxes[i + 3] - boxes[i + 1]);
  }

  /** Intersection over union of two boxes, in the arithmetic of PyTorch's tools. */
  static float overlap(float[] some, int one, float[] others, int other) {
    int i = SIDES * one;
    int j = SIDES * other;
    float across = Math.min(some[i + 2], others[j + 2]) - Math.max(some[i], others[j]);
    if (!(across > 0)) {
      return 0;
    }
    float down = Math.min(some[i + 3], others[j + 3]) - Math.max(some[i + 1], others[j + 1]);
    if (!(down > 0)) {
      return 0;
    }
    float common = across * down;
    return common / (area(some, one) + area(others, other) - common);
  }

  /** Moves edges outside of an image onto its border. */
  static void clip(float[] boxes, int height, int width) {
    for (int i = 0; i < boxes.length; i += 2) {
      boxes[i] = Math.min(Math.max(boxes[i], 0), width);
      boxes[i + 1] = Math.min(Math.max(boxes[i + 1], 0), height);
    }
  }

  /** Whether all edges are numbers, and in order with something between. */
  static boolean isSolid(float[] boxes, int index) {
    int i = SIDES * index;
    return boxes[i + 2] > boxes[i]
        && boxes[i + 3] > boxes[i + 1]
        && Float.isFinite(boxes[i + 2] - boxes[i])
        && Float.isFinite(boxes[i + 3] - boxes[i + 1]);
  }

  static float[] pick(float[] boxes, int[] indices) {
    float[] picked = new float[SIDES * indices.length];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(boxes, SIDES * indices[i], picked, SIDES * i, SIDES);
    }
    return picked;
  }

  static float[] joined(float[] some, float[] others) {
    float[] all = Arrays.copyOf(some, some.length + others.length);
    System.arraycopy(others, 0, all, some.length, others.length);
    return all;
  }

  static Box box(float[] boxes, int index) {
    int i = SIDES * index;
    return new Box(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]);
  }
}
