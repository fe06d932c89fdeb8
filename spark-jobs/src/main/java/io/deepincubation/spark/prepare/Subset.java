package io.deepincubation.spark.prepare;

import java.io.Serializable;

/**
 * The part of the training images that is taken (Tab. 5). It depends on the seed and the images.
 *
 * @param fraction of the images, above 0 to 1
 * @param balanced whether the fraction is of each class
 * @param imagesPerClass images of each class instead, or 0
 */
public record Subset(double fraction, boolean balanced, int imagesPerClass)
    implements Serializable {

  /** All images. */
  public static final Subset ALL = new Subset(1, false, 0);

  /** Whether anything is left out. */
  boolean leavesOut() {
    return fraction < 1 || imagesPerClass > 0;
  }

  /** Whether each class is counted by itself. */
  boolean byClass() {
    return balanced || imagesPerClass > 0;
  }

  /** How many are taken of so many images. */
  long of(long images) {
    return imagesPerClass > 0 ? imagesPerClass : Math.round(images * fraction);
  }
}
