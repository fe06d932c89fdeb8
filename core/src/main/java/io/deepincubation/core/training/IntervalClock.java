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

  /** The counter of seconds of training. */
  static final String SECONDS = "seconds";

  /** The counter of those of the open interval. */
  private static final String OPEN_NANOS = "intervalNanos";

  private static final double NANOS_PER_SECOND = 1e9;

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
    double elapsed = (System.nanoTime() - start) / NANOS_PER_SECOND;
    var passed =
        new Passed(
            steps, elapsed, (waitedNanos - wait) / NANOS_PER_SECOND / elapsed, lossSum / steps);
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

  /**
   * Seconds of training that counters tell of, those of the open interval included.
   *
   * @param counters of a training; 0 for none
   */
  static double seconds(Map<String, Double> counters) {
    return counters.getOrDefault(SECONDS, 0.0)
        + counters.getOrDefault(OPEN_NANOS, 0.0) / NANOS_PER_SECOND;
  }

  /** What {@link #restore} needs. */
  Map<String, Double> counters(long now, long waitedNanos) {
    return Map.of(
        SECONDS,
        seconds,
        "epochLoss",
        epochLoss,
        "lastEpochLoss",
        lastEpochLoss,
        "intervalSteps",
        (double) steps,
        OPEN_NANOS,
        (double) (now - start),
        "intervalWaitNanos",
        (double) (waitedNanos - wait));
  }

  /** Goes on from kept counters; from the beginning where there are none. */
  void restore(TrainingState kept) {
    if (kept.counters().isEmpty()) {
      return;
    }
    seconds = kept.counter(SECONDS);
    epochLoss = kept.counter("epochLoss");
    lastEpochLoss = kept.counter("lastEpochLoss");
    steps = (int) kept.counter("intervalSteps");
    start = -(long) kept.counter(OPEN_NANOS);
    wait = -(long) kept.counter("intervalWaitNanos");
  }
}
