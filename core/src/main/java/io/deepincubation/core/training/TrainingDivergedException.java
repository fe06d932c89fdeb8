package io.deepincubation.core.training;

import io.deepincubation.core.api.Stable;

/** The loss became infinite or not a number. The message names stage, module, epoch and step. */
@Stable
public final class TrainingDivergedException extends RuntimeException {

  /** States where. */
  public TrainingDivergedException(String message) {
    super(message);
  }
}
