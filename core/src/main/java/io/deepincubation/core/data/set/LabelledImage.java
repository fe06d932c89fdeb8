package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.Picture;

/**
 * An image of a split.
 *
 * @param picture what it shows
 * @param label its label, from 0: a class, or a set of them by {@link LabelSets}
 */
public record LabelledImage(Picture picture, int label) {}
