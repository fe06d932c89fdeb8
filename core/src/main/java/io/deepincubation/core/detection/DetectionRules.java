package io.deepincubation.core.detection;

import java.util.Arrays;
import java.util.Locale;

/**
 * How a box head's outputs on an image become detections.
 *
 * @param score probability above which a class of a box is looked at: 0.05
 * @param overlap of boxes of one class that is still allowed: 0.5
 * @param kept detections of an image: 100
 */
public record DetectionRules(double score, double overlap, int kept) {

  /**
   * The detections of an image. Boxes and probabilities that are no numbers, and empty boxes, give
   * none.
   *
   * @param proposals N x 4
   * @param logits N x (K + 1), background last
   * @param deltas N x 4K
   * @param coding of the deltas
   * @param height of the image, without what pads it
   * @param width of the image, without what pads it
   */
  public Detections detections(
      float[] proposals, float[] logits, float[] deltas, BoxCoding coding, int height, int width) {
    int count = Boxes.count(proposals);
    int classes = count == 0 ? 0 : logits.length / count - 1;
    requireLengths(proposals, logits, deltas, count, classes);
    Detections all = all(proposals, logits, deltas, coding, count, classes);
    Boxes.clip(all.boxes(), height, width);
    Detections solid = all.where(i -> Boxes.isSolid(all.boxes(), i));
    int[] chosen = Suppression.kept(solid.boxes(), solid.scores(), solid.classes(), overlap);
    return solid.pick(Arrays.copyOf(chosen, Math.min(kept, chosen.length)));
  }

  /** All classes of all boxes that are sure enough. */
  private Detections all(
      float[] proposals, float[] logits, float[] deltas, BoxCoding coding, int count, int classes) {
    var found = new Detections.Collector();
    float[] box = new float[Boxes.SIDES];
    for (int i = 0; i < count; i++) {
      double[] probabilities = softmax(logits, i * (classes + 1), classes + 1);
      for (int k = 0; k < classes; k++) {
        if (probabilities[k] > score) {
          int delta = Boxes.SIDES * (i * classes + k);
          coding.decode(proposals, Boxes.SIDES * i, deltas, delta, box, 0);
          found.add(box, (float) probabilities[k], k);
        }
      }
    }
    return found.detections();
  }

  private static double[] softmax(float[] logits, int from, int count) {
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      highest = Math.max(highest, logits[from + i]);
    }
    double[] probabilities = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      probabilities[i] = Math.exp(logits[from + i] - highest);
      sum += probabilities[i];
    }
    for (int i = 0; i < count; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  private static void requireLengths(
      float[] proposals, float[] logits, float[] deltas, int count, int classes) {
    if (logits.length != count * (classes + 1) || deltas.length != Boxes.SIDES * count * classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot detect: expected N x 4 proposals, N x (K + 1) logits and N x 4K deltas, got"
                  + " %d, %d and %d numbers",
              proposals.length,
              logits.length,
              deltas.length));
    }
  }
}
