package io.deepincubation.core.training;

/** Measures the network in training between two steps. */
@FunctionalInterface
public interface AccuracyMeasure {

  /**
   * Top-1 accuracy of the network as it is, 0 to 1.
   *
   * @param training whose threads are idle meanwhile
   */
  double of(TrainingStep training);

  /**
   * Measures a few images before the first step and forgets the result: what cannot be measured
   * fails now and not after an epoch, and the memory that measuring takes is there from the start.
   *
   * @param training whose threads are idle meanwhile
   */
  default void rehearse(TrainingStep training) {}
}
