package io.deepincubation.core.data.set;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is annotated on a set's images, where they are for a dense task.
 *
 * @param kind classes of pixels, or objects
 * @param ignoredLabel the class id of pixels that count for nothing; null of objects
 * @param mostObjects objects of an image at most, crowds among them; null of pixels' classes
 * @param learnt images of the training split with classes of pixels, or objects that are no crowds:
 *     those that training sees
 */
public record SceneForm(
    SceneKind kind, @Nullable Integer ignoredLabel, @Nullable Integer mostObjects, int learnt) {

  /** Checks that what belongs to the kind is there. */
  public SceneForm {
    boolean pixels = kind == SceneKind.SEGMENTATION;
    if (pixels == (ignoredLabel == null) || pixels != (mostObjects == null)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot index annotations: expected an ignored label of segmentation and objects of"
                  + " detection, got %s and %s of %s",
              ignoredLabel,
              mostObjects,
              kind.word()));
    }
  }

  /** Masks of pixels' classes. */
  public static SceneForm masks(int ignoredLabel, int learnt) {
    return new SceneForm(SceneKind.SEGMENTATION, ignoredLabel, null, learnt);
  }

  /** Objects, at most so many of an image. */
  public static SceneForm objects(int most, int learnt) {
    return new SceneForm(SceneKind.DETECTION, null, most, learnt);
  }
}
