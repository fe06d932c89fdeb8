package io.deepincubation.core.detection;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.RunLengths;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An object that a network found on an image.
 *
 * @param classIndex from 0
 * @param score how sure the network is; higher is surer
 * @param box around it, in pixels of the image
 * @param mask its pixels, of the image's size; null of a network that gives boxes alone
 */
public record DetectedObject(int classIndex, double score, Box box, @Nullable RunLengths mask) {

  /** Checks class and score. */
  public DetectedObject {
    if (classIndex < 0 || !Double.isFinite(score)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot make a detection: expected a class from 0 and a finite score, got class %d"
                  + " and score %s",
              classIndex,
              score));
    }
  }
}
