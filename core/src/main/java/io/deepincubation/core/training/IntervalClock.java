package io.deepincubation.core.training;

import io.deepincubation.core.run.TrainingState;
import java.util.Map;

/**
 * The time and the losses of a training's logging intervals. It goes on over interruptions as if
 * there had been none; what saving a state takes is not training's time.
 */
final class IntervalClock {

  /**
   * What an interval took.
   *
   * @param steps of it
   * @param seconds of it
   * @param dataWait share of them that training waited for data
   * @param loss mean of it
   */
  record Passed(int steps, double seconds, double dataWait, double loss) {}

  private double seconds;
  private double epochLoss;
  private double lastEpochLoss;
  private int steps;
  private long start;
  private long wait;

  /** Training begins, or goes on, now. */
  void go() {
    start += System.nanoTime();
  }

  /** A step was done. */
  void step() {
    steps++;
  }

  /**
   * An interval ends, and the next one begins.
   *
   * @param lossSum of its steps
   * @param waitedNanos for data since training began here
   */
  Passed end(double lossSum, long waitedNanos) {
    double elapsed = (System.nanoTime() - start) / 1e9;
    var passed = new Passed(steps, elapsed, (waitedNanos - wait) / 1e9 / elapsed, lossSum / steps);
    seconds += elapsed;
    epochLoss += lossSum;
    return passed;
  }

  /** The next interval begins now. */
  void begin(long waitedNanos) {
    start = System.nanoTime();
    wait = waitedNanos;
    steps = 0;
  }

  /** An epoch of so many steps ends. */
  void endEpoch(int stepsOfEpoch) {
    lastEpochLoss = epochLoss / stepsOfEpoch;
    epochLoss = 0;
  }

  /** What took so long is not training's time. */
  void pause(long nanos) {
    start += nanos;
  }

  /** Seconds of training. */
  double seconds() {
    return seconds;
  }

  /** Mean loss of the last whole epoch. */
  double lastEpochLoss() {
    return lastEpochLoss;
  }

  /** What {@link #restore} needs. */
  Map<String, Double> counters(long now, long waitedNanos) {
    return Map.of(
        "seconds",
        seconds,
        "epochLoss",
        epochLoss,
        "lastEpochLoss",
        lastEpochLoss,
        "intervalSteps",
        (double) steps,
        "intervalNanos",
        (double) (now - start),
        "intervalWaitNanos",
        (double) (waitedNanos - wait));
  }

  /** Goes on from kept counters. */
  void restore(TrainingState kept) {
    seconds = kept.counter("seconds");
    epochLoss = kept.counter("epochLoss");
    lastEpochLoss = kept.counter("lastEpochLoss");
    steps = (int) kept.counter("intervalSteps");
    start = -(long) kept.counter("intervalNanos");
    wait = -(long) kept.counter("intervalWaitNanos");
  }
}
