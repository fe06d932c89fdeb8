package io.deepincubation.core.data.batch;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.Augmentation.Look;
import io.deepincubation.core.data.augment.Mix;
import io.deepincubation.core.data.set.SampleTable;
import io.deepincubation.core.random.RandomStream;

/** What networks get of samples when they are trained. Safe for use by several threads. */
public interface TrainingInputs {

  /** The samples. */
  SampleTable table();

  /** Shape of one sample's input. */
  Shape shape();

  /** How often a sample of an epoch is taken. */
  int repeats();

  /** Whether the inputs of a batch are mixed with one another. */
  boolean areMixed();

  /** Values that are annotated on a sample as training sees it; none where samples have labels. */
  default int annotatedValues() {
    return 0;
  }

  /** Whether objects are annotated on samples. */
  default boolean haveObjects() {
    return false;
  }

  /**
   * Writes a sample's input, and what is annotated on it.
   *
   * @param look which look of which sample is made
   * @param into receives the values of {@link #shape}
   * @param offset where they start
   * @param annotations receive what is annotated, {@link #annotatedValues} values or objects
   * @param place of the sample among those of the annotations
   * @return its label
   */
  int write(Look look, float[] into, int offset, Annotations annotations, int place);

  /**
   * Mixes a batch's inputs in place.
   *
   * @param random decides how
   * @param inputs B x ...
   * @param size B
   */
  Mix mix(RandomStream random, float[] inputs, int size);
}
