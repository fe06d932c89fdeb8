package io.deepincubation.core.training;

import io.deepincubation.core.run.MetricsLine;
import java.util.List;

/**
 * What a training did.
 *
 * @param images that went through the network, repeats counted
 * @param epochs passes over the training split
 * @param seconds of training, those before an interruption included, evaluation not
 * @param loss mean over the last epoch
 * @param measured what the network is worth on the test split at the end
 * @param steps optimizer steps of the stage
 * @param resumedFromStep steps taken over from a checkpoint
 * @param metrics a line per logging interval
 */
public record TrainingOutcome(
    long images,
    int epochs,
    double seconds,
    double loss,
    Measurement measured,
    long steps,
    long resumedFromStep,
    List<MetricsLine> metrics) {

  /** Copies. */
  public TrainingOutcome {
    metrics = List.copyOf(metrics);
  }
}
