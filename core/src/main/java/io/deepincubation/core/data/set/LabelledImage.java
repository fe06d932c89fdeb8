package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.Picture;

/**
 * An image of a split.
 *
 * @param picture what it shows
 * @param label its label, from 0: a class, or a set of them by {@link LabelSets}
 * @param annotation the bytes of what is annotated on it; none where it has a label alone
 */
public record LabelledImage(Picture picture, int label, byte[] annotation) {

  private static final byte[] NOTHING = {};

  /** An image of a class. */
  public LabelledImage(Picture picture, int label) {
    this(picture, label, NOTHING);
  }
}
