package io.deepincubation.core.incubation;

import io.deepincubation.core.data.ImageTable;

/**
 * The images of a run.
 *
 * @param train what is trained on
 * @param test what accuracy is measured on
 * @param classes number of classes
 * @param digest of the prepared set
 */
public record TrainingData(ImageTable train, ImageTable test, int classes, String digest) {}
