package io.deepincubation.core.run;

import java.io.Serializable;
import java.time.Duration;
import java.util.Locale;

/**
 * How often a training's state is kept. It changes no result, only what a killed training repeats.
 *
 * @param mostRepeatedSteps optimizer steps that are repeated at most after a kill, from 1; training
 *     waits for the storage where that is needed to keep the promise. {@link Long#MAX_VALUE} for no
 *     such bound
 * @param pause training time between two states, longer where saving one takes more than a
 *     twentieth of it
 */
public record CheckpointPolicy(long mostRepeatedSteps, Duration pause) implements Serializable {

  /** Every half minute. */
  public static final CheckpointPolicy DEFAULT =
      new CheckpointPolicy(Long.MAX_VALUE, Duration.ofSeconds(30));

  /** Never. */
  public static final CheckpointPolicy NEVER =
      new CheckpointPolicy(Long.MAX_VALUE, Duration.ofNanos(Long.MAX_VALUE));

  /** Checks. */
  public CheckpointPolicy {
    if (mostRepeatedSteps < 1 || pause.isNegative()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot keep checkpoints: expected at least 1 step and a pause from 0, got %d and %s",
              mostRepeatedSteps,
              pause));
    }
  }

  /** By steps alone. */
  public static CheckpointPolicy steps(long mostRepeatedSteps) {
    return new CheckpointPolicy(mostRepeatedSteps, NEVER.pause());
  }

  /** By time alone. */
  public static CheckpointPolicy every(Duration pause) {
    return new CheckpointPolicy(Long.MAX_VALUE, pause);
  }

  /**
   * Steps between two states. A state is on its way to the storage while the steps up to the next
   * one are done, so a kill can cost two such distances.
   */
  long stepsBetween() {
    return mostRepeatedSteps == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(1, mostRepeatedSteps / 2);
  }

  /** Whether a state must be stored before the next step begins. */
  boolean waitsForEach() {
    return mostRepeatedSteps == 1;
  }
}
