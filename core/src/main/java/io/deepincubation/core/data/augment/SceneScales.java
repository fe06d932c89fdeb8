package io.deepincubation.core.data.augment;

import java.util.List;

/**
 * How often an image of a dense task is looked at: answers are averaged.
 *
 * @param ratios that the bounds of its size are multiplied by, above 0
 * @param mirrored whether each size is looked at with left and right changed, too
 */
public record SceneScales(List<Double> ratios, boolean mirrored) {

  /** Once. */
  public static final SceneScales ONE = new SceneScales(List.of(1.0), /* mirrored= */ false);

  /** Six sizes, each mirrored, too: the dagger of the paper's Tab. 4. */
  public static final SceneScales SEVERAL =
      new SceneScales(List.of(0.5, 0.75, 1.0, 1.25, 1.5, 1.75), /* mirrored= */ true);

  /** Checks and copies. */
  public SceneScales {
    ratios = List.copyOf(ratios);
    if (ratios.isEmpty() || !ratios.stream().allMatch(ratio -> ratio > 0)) {
      throw new IllegalArgumentException(
          "Cannot look at images: expected one ratio or more, all above 0, got " + ratios);
    }
  }
}
