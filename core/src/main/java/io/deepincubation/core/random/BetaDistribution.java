package io.deepincubation.core.random;

/** Draws from Beta(alpha, alpha) as G1 / (G1 + G2) with two Gamma(alpha) draws. */
public final class BetaDistribution {

  private BetaDistribution() {}

  /** A draw from 0 to 1; alpha is above 0. */
  public static double draw(RandomStream random, double alpha) {
    double one = logGamma(random, alpha);
    double other = logGamma(random, alpha);
    return 1 / (1 + StrictMath.exp(other - one));
  }

  /**
   * The logarithm of a Gamma draw: Marsaglia and Tsang (2000) for alpha of 1 or more, below it
   * Gamma(alpha + 1) * U^(1/alpha). Logarithms, because small alphas give numbers that underflow.
   */
  private static double logGamma(RandomStream random, double alpha) {
    if (alpha < 1) {
      double boost = StrictMath.log(1 - random.nextDouble()) / alpha;
      return logGamma(random, alpha + 1) + boost;
    }
    double d = alpha - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextGaussian();
      double root = 1 + c * x;
      double v = root * root * root;
      double u = 1 - random.nextDouble();
      if (root > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return StrictMath.log(d * v);
      }
    }
  }
}
