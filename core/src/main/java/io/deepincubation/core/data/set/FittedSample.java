package io.deepincubation.core.data.set;

/**
 * A labelled image as a set keeps it.
 *
 * @param image the image
 * @param label its class, from 0
 */
public record FittedSample(FittedImage image, int label) {}
