package io.deepincubation.core.training;

import java.io.Serializable;

/**
 * How far a stage's training is, told once a logging interval.
 *
 * @param stage the stage's name, which tells one training from another in a run
 * @param moduleIndex the module trained, from 0, or -1 for a whole network
 * @param moduleCount modules of the target model, K
 * @param epoch the epoch being trained, from 0
 * @param epochs epochs of the whole stage
 * @param step optimizer steps done since the stage began
 * @param steps optimizer steps of the whole stage
 * @param loss mean training loss since the progress told before
 * @param rate learning rate
 * @param imagesPerSecond training images a second since the progress told before
 * @param dataWait share of that time that training waited for data, 0 to 1
 * @param secondsLeft estimate of the time to the end of the stage
 * @param host where it runs
 * @param device what computes, such as {@code cpu} or {@code gpu 0}
 */
public record StageProgress(
    String stage,
    int moduleIndex,
    int moduleCount,
    int epoch,
    int epochs,
    long step,
    long steps,
    double loss,
    double rate,
    double imagesPerSecond,
    double dataWait,
    double secondsLeft,
    String host,
    String device)
    implements Serializable {

  /** Checks the counts. */
  public StageProgress {
    if (moduleIndex < -1 || (moduleIndex >= 0 && moduleIndex >= moduleCount)) {
      throw new IllegalArgumentException(
          "Cannot tell the progress of "
              + stage
              + ": expected a module index from -1 to "
              + (moduleCount - 1)
              + ", got "
              + moduleIndex);
    }
    if (step < 0 || step > steps) {
      throw new IllegalArgumentException(
          "Cannot tell the progress of "
              + stage
              + ": expected a step from 0 to "
              + steps
              + ", got "
              + step);
    }
  }

  /** The share of the stage that is done, 0 to 1. */
  public double fraction() {
    return steps == 0 ? 1 : (double) step / steps;
  }
}
