package io.deepincubation.core.training;

/**
 * What a network in training is measured on.
 *
 * @param validation what curves are drawn and choices are made by
 * @param test what tells its worth at the end; the same object where the data has one split alone
 */
public record Measures(Measure validation, Measure test) {

  /** One split for both. */
  public static Measures of(Measure measure) {
    return new Measures(measure, measure);
  }

  /** Whether curves are of other images than the number at the end. */
  boolean areTwo() {
    return validation != test;
  }

  /** {@linkplain Measure#rehearse Rehearses} both. */
  void rehearse(TrainingStep training) {
    validation.rehearse(training);
    if (areTwo()) {
      test.rehearse(training);
    }
  }
}
