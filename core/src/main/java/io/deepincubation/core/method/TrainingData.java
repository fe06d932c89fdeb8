package io.deepincubation.core.method;

import io.deepincubation.core.data.set.ImageTable;
import java.util.List;

/**
 * The images of a run.
 *
 * @param train what is trained on
 * @param test what accuracy is measured on
 * @param classNames a label is an index into them
 * @param digest of the prepared set
 */
public record TrainingData(
    ImageTable train, ImageTable test, List<String> classNames, String digest) {

  /** Copies. */
  public TrainingData {
    classNames = List.copyOf(classNames);
  }

  /** Number of classes. */
  public int classes() {
    return classNames.size();
  }
}
