package io.deepincubation.core.data.set;

import io.deepincubation.core.data.pixels.Picture;

/**
 * An image of a split.
 *
 * @param picture what it shows
 * @param label its class, from 0
 */
public record LabelledImage(Picture picture, int label) {}
