package io.deepincubation.core.random;

/**
 * Standard normal noise in bulk: each value is one of 65,536 equally likely quantiles, so that four
 * cost one draw. Exact to 2e-5 of probability, which noise in images does not tell from more.
 */
public final class NormalNoise {

  private static final int BITS = 16;
  private static final float[] QUANTILES = quantiles();

  private NormalNoise() {}

  /** Fills a part of an array, {@code end} exclusive. */
  public static void fill(RandomStream random, float[] into, int start, int end) {
    for (int i = start; i < end; i += Long.SIZE / BITS) {
      long bits = random.nextLong();
      int last = Math.min(end, i + Long.SIZE / BITS);
      for (int j = i; j < last; j++) {
        into[j] = QUANTILES[(int) bits & (QUANTILES.length - 1)];
        bits >>>= BITS;
      }
    }
  }

  private static float[] quantiles() {
    float[] quantiles = new float[1 << BITS];
    for (int i = 0; i < quantiles.length / 2; i++) {
      float quantile = (float) quantile((i + 0.5) / quantiles.length);
      quantiles[i] = quantile;
      quantiles[quantiles.length - 1 - i] = -quantile;
    }
    return quantiles;
  }

  /** The lower half of the inverse normal distribution, by Newton's method on its logarithm. */
  private static double quantile(double probability) {
    double x = -Math.sqrt(-2 * StrictMath.log(2 * probability));
    for (int i = 0; i < 8; i++) {
      double excess = StrictMath.log(lowerTail(x) / probability);
      x -= excess * lowerTail(x) / density(x);
    }
    return x;
  }

  private static double density(double x) {
    return StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  /** Probability below x, for x of 0 or less: a series near 0, a continued fraction farther out. */
  private static double lowerTail(double x) {
    if (x > -2.5) {
      double term = x;
      double sum = x;
      for (int n = 3; n < 60; n += 2) {
        term *= x * x / n;
        sum += term;
      }
      return 0.5 + density(x) * sum;
    }
    double fraction = -x;
    for (int n = 60; n > 0; n--) {
      fraction = -x + n / fraction;
    }
    return density(x) / fraction;
  }
}
