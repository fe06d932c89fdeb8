package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An object on an image, as annotated.
 *
 * @param classIndex from 0
 * @param box around it
 * @param mask its pixels, of the image's size; null where only its box is known
 * @param crowd whether it stands for many objects in one: left out of training, and neither right
 *     nor wrong in the evaluation
 * @param area square pixels, as annotated: what COCO's ranges of sizes go by
 */
public record SceneObject(
    int classIndex, Box box, @Nullable RunLengths mask, boolean crowd, double area) {

  /**
   * Checks the numbers.
   *
   * @throws UnfitDataException if the class is below 0, or the area is below 0 or no number
   */
  public SceneObject {
    if (classIndex < 0 || !(area >= 0) || !Double.isFinite(area)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot make an object: expected a class from 0 and an area from 0, got class %d and"
                  + " area %s",
              classIndex,
              area));
    }
  }

  /** One object, no crowd, of the area of its mask. */
  public static SceneObject of(int classIndex, Box box, RunLengths mask) {
    return new SceneObject(classIndex, box, mask, false, mask.area());
  }

  /** One object, no crowd, of the area of its box and of an unknown shape. */
  public static SceneObject of(int classIndex, Box box) {
    return new SceneObject(classIndex, box, null, false, box.area());
  }
}
