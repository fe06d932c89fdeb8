package io.deepincubation.core.training;

/** Measures the network in training between two steps. */
@FunctionalInterface
public interface Measure {

  /**
   * What the network is worth as it is.
   *
   * @param training whose threads are idle meanwhile
   */
  Measurement of(TrainingStep training);

  /**
   * Measures a few images before the first step and forgets the result: what cannot be measured
   * fails now and not after an epoch, and the memory that measuring takes is there from the start.
   *
   * @param training whose threads are idle meanwhile
   */
  default void rehearse(TrainingStep training) {}
}
