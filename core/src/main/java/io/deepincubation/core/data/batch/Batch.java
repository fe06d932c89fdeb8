package io.deepincubation.core.data.batch;

/**
 * Training images of one forward pass, ready for the network.
 *
 * @param images B x C x H x W, normalised, row-major
 * @param targets B x ..., as the task says, row-major
 * @param size B
 */
public record Batch(float[] images, float[] targets, int size) {}
