package io.deepincubation.core.method;

import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.ImageTable;
import java.util.List;

/**
 * The images of a run.
 *
 * @param train what is trained on
 * @param validation what curves are of and choices are made by; the same object as {@code test}
 *     where the data has one split alone to measure on
 * @param test what networks are measured on at the end
 * @param classes of the images
 * @param digest of the prepared set
 */
public record TrainingData(
    ImageTable train, ImageTable validation, ImageTable test, Classes classes, String digest) {

  /** Images of one class each, with one split to measure on. */
  public TrainingData(ImageTable train, ImageTable test, List<String> classNames, String digest) {
    this(train, test, test, Classes.of(classNames, train), digest);
  }

  /** Whether choices are made by other images than those of the number at the end. */
  boolean hasValidation() {
    return validation != test;
  }
}
