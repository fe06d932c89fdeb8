package io.deepincubation.core.training;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a training did.
 *
 * @param images that went through the network, repeats counted
 * @param epochs passes over the training split
 * @param seconds of training, those before an interruption included, evaluation not
 * @param loss mean over the last epoch
 * @param measured what the network is worth on the test split at the end
 * @param validation the same on the split that curves are of; null where that is the test split
 * @param choice how its weights were chosen; null where they are the last ones
 * @param last the last weights of all modules of the network, where others may have been chosen;
 *     else empty
 * @param steps optimizer steps that were done in the stage
 * @param resumedFromStep steps taken over from a checkpoint
 * @param metrics a line per logging interval
 */
public record TrainingOutcome(
    long images,
    int epochs,
    double seconds,
    double loss,
    Measurement measured,
    @Nullable Metrics validation,
    @Nullable Choice choice,
    List<Weights> last,
    long steps,
    long resumedFromStep,
    List<MetricsLine> metrics) {

  /** Copies. */
  public TrainingOutcome {
    last = List.copyOf(last);
    metrics = List.copyOf(metrics);
  }
}
