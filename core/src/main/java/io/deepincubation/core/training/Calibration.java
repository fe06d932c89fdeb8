package io.deepincubation.core.training;

/**
 * Sums for log loss and expected calibration error (Guo et al., 2017) of some answers, each with a
 * confidence and either right or not. Added in one order, they are the same on every machine.
 */
final class Calibration {

  /** Bins of equal width that confidences fall into. */
  static final int BINS = 15;

  /** The most that one answer loses: that of a probability of 2^-52. */
  static final double MOST_LOSS = 52 * StrictMath.log(2);

  private final double[] confidence = new double[BINS];
  private final long[] right = new long[BINS];
  private final long[] answers = new long[BINS];
  private double loss;
  private long losses;

  /** An answer of a confidence, 0 to 1, was right or not. */
  void answered(double sure, boolean rightly) {
    int bin = (int) Math.min(BINS - 1, Math.max(0, StrictMath.ceil(sure * BINS) - 1));
    confidence[bin] += sure;
    right[bin] += rightly ? 1 : 0;
    answers[bin]++;
  }

  /** The negative logarithm of the probability of a right answer. */
  void lost(double negativeLog) {
    loss += Math.min(MOST_LOSS, negativeLog);
    losses++;
  }

  /** There was no answer: as if it were a wrong one of full confidence. */
  void unanswered() {
    answered(1, false);
    lost(MOST_LOSS);
  }

  /** Adds others. */
  void add(Calibration others) {
    for (int bin = 0; bin < BINS; bin++) {
      confidence[bin] += others.confidence[bin];
      right[bin] += others.right[bin];
      answers[bin] += others.answers[bin];
    }
    loss += others.loss;
    losses += others.losses;
  }

  /** Mean loss. */
  double logLoss() {
    return loss / Math.max(1, losses);
  }

  /** Mean distance of confidence and share of right answers, bins weighted by their answers. */
  double error() {
    double distance = 0;
    long all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      distance += Math.abs(confidence[bin] - right[bin]);
      all += answers[bin];
    }
    return distance / Math.max(1, all);
  }
}
