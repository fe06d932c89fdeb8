package io.deepincubation.core.data.batch;

/**
 * Images to be classified, with the right answers.
 *
 * @param images B x C x H x W, normalised, row-major; what follows means nothing
 * @param labels B, each of a class or of a set of them
 * @param first place of the first image in its split, from 0
 * @param size B
 */
public record EvaluationBatch(float[] images, int[] labels, int first, int size) {}
