package io.deepincubation.core.evaluation;

import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.detection.DetectedObject;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Matches the detections of one class on one image with what is annotated, as COCO's tool does. */
final class ObjectMatcher {

  /** Overlap and area, of boxes or of masks. */
  record Shapes(
      ToDoubleBiFunction<DetectedObject, SceneObject> overlap,
      ToDoubleFunction<DetectedObject> area) {}

  /** So that an overlap of 1 that was rounded down still reaches a threshold of 1. */
  private static final double HIGHEST_THRESHOLD = 1 - 1e-10;

  private final List<SceneObject> objects;
  private final double[][] overlaps;
  private final double[] areas;
  private final long[] right;
  private final long[] wrong;

  /** Takes the detections that count, by falling score. */
  ObjectMatcher(List<SceneObject> objects, List<DetectedObject> detections, Shapes shapes) {
    this.objects = objects;
    this.overlaps =
        detections.stream()
            .map(
                found ->
                    objects.stream()
                        .mapToDouble(object -> shapes.overlap().applyAsDouble(found, object))
                        .toArray())
            .toArray(double[][]::new);
    this.areas = detections.stream().mapToDouble(shapes.area()).toArray();
    this.right = new long[areas.length];
    this.wrong = new long[areas.length];
  }

  ClassMatches match(int classIndex, double[] scores) {
    AreaRange[] ranges = AreaRange.values();
    int[] counting = new int[ranges.length];
    for (AreaRange range : ranges) {
      boolean[] ignored = new boolean[objects.size()];
      for (int i = 0; i < ignored.length; i++) {
        SceneObject object = objects.get(i);
        ignored[i] = object.crowd() || !range.contains(object.area());
        counting[range.index()] += ignored[i] ? 0 : 1;
      }
      int[] order =
          IntStream.concat(
                  IntStream.range(0, ignored.length).filter(i -> !ignored[i]),
                  IntStream.range(0, ignored.length).filter(i -> ignored[i]))
              .toArray();
      for (int threshold = 0; threshold < Thresholds.OVERLAPS; threshold++) {
        match(range, threshold, order, ignored);
      }
    }
    return new ClassMatches(classIndex, scores, right, wrong, counting);
  }

  private void match(AreaRange range, int threshold, int[] order, boolean[] ignored) {
    boolean[] taken = new boolean[objects.size()];
    long bit = ClassMatches.bit(range, threshold);
    double lowest = Math.min(Thresholds.overlap(threshold), HIGHEST_THRESHOLD);
    for (int i = 0; i < areas.length; i++) {
      int found = best(overlaps[i], lowest, order, ignored, taken);
      if (found < 0) {
        wrong[i] |= range.contains(areas[i]) ? bit : 0;
      } else {
        taken[found] = true;
        right[i] |= ignored[found] ? 0 : bit;
      }
    }
  }

  /** The free object of the highest overlap, of equal ones the later; ignored ones come last. */
  private int best(
      double[] overlap, double lowest, int[] order, boolean[] ignored, boolean[] taken) {
    int best = -1;
    double highest = lowest;
    for (int object : order) {
      if (best >= 0 && !ignored[best] && ignored[object]) {
        break;
      }
      boolean free = !taken[object] || objects.get(object).crowd();
      if (free && overlap[object] >= highest) {
        highest = overlap[object];
        best = object;
      }
    }
    return best;
  }
}
