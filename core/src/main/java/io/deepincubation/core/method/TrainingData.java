package io.deepincubation.core.method;

import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.batch.Samples;
import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.TextForm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a run.
 *
 * @param train what is trained on
 * @param validation what curves are of and choices are made by; equal to {@code test} where the
 *     data has one split alone to measure on
 * @param test what networks are measured on at the end
 * @param classes of the samples
 * @param digest of the prepared set
 * @param texts what texts are made of; null where samples are images
 */
public record TrainingData(
    Samples train,
    Samples validation,
    Samples test,
    Classes classes,
    String digest,
    @Nullable TextForm texts) {

  /** Images of one class each, with one split to measure on. */
  public TrainingData(ImageTable train, ImageTable test, List<String> classNames, String digest) {
    this(
        new ImageSamples(train),
        new ImageSamples(test),
        new ImageSamples(test),
        Classes.of(classNames, train),
        digest,
        null);
  }

  /**
   * The same samples as inputs of another size.
   *
   * @param side of square images in pixels
   */
  TrainingData at(int side) {
    return new TrainingData(
        train.at(side), validation.at(side), test.at(side), classes, digest, texts);
  }

  /** Whether choices are made by other samples than those of the number at the end. */
  boolean hasValidation() {
    return validation.table() != test.table();
  }
}
