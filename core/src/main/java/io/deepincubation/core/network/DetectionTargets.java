package io.deepincubation.core.network;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a {@link DetectionNetwork} should have found on the images of a batch.
 *
 * @param labels of the anchors, image by image in the order of the levels: 1 for an object, 0 for
 *     none, -1 where not sampled
 * @param deltas from each anchor to its object's box, 4 of each; only those of label 1 count
 * @param regions sampled of the proposals, of all images
 * @param classes of the regions, K for none
 * @param moves from each region to its object's box, 4 of each, weighted by the coding; only those
 *     with a class count
 * @param masked places of the regions that have a mask, and so a class
 * @param masks of these regions, 28 x 28 values of 0 or 1 each
 */
public record DetectionTargets(
    float[] labels,
    float[] deltas,
    Regions regions,
    int[] classes,
    float[] moves,
    int[] masked,
    float[] masks) {

  /** Checks. */
  public DetectionTargets {
    int count = regions.count();
    if (deltas.length != 4 * labels.length
        || classes.length != count
        || moves.length != 4 * count) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot learn from %d labels of anchors and %d regions: expected 4 deltas of each"
                  + " anchor, a class and 4 moves of each region, got %d, %d and %d",
              labels.length,
              count,
              deltas.length,
              classes.length,
              moves.length));
    }
  }

  /** The regions' classes as values of an array. */
  float[] classValues() {
    return values(classes);
  }

  /** The classes of some regions as values of an array. */
  float[] classValues(int[] places) {
    return values(Arrays.stream(places).map(place -> classes[place]).toArray());
  }

  /** Whole numbers as values of an array. */
  static float[] values(int[] numbers) {
    var values = new float[numbers.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers[i];
    }
    return values;
  }
}
