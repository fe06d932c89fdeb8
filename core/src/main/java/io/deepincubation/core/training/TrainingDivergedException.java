package io.deepincubation.core.training;

/** The loss became infinite or not a number. The message names stage, module, epoch and step. */
public final class TrainingDivergedException extends RuntimeException {

  /** States where. */
  public TrainingDivergedException(String message) {
    super(message);
  }
}
