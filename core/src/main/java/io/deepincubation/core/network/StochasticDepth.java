package io.deepincubation.core.network;

import io.deepincubation.core.random.RandomStream;

/**
 * Stochastic depth (Huang et al., 2016) as DeiT uses it: per image, and per branch, with kept
 * branches scaled by the inverse of the chance to be kept.
 *
 * <p>The chance to be dropped rises linearly from 0 at the first layer to the rate at the last,
 * over the layers of the network being trained; frozen layers drop too.
 *
 * @param rate chance that the last layer's branch is dropped, in [0, 1)
 */
public record StochasticDepth(double rate) {

  /** Branches of a layer: attention and MLP. */
  private static final int BRANCHES = 2;

  /** Nothing is ever dropped. */
  public static final StochasticDepth OFF = new StochasticDepth(0);

  /** Checks. */
  public StochasticDepth {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "Cannot drop branches with rate " + rate + ": expected 0 to below 1");
    }
  }

  /**
   * The chance that a layer's branch is dropped.
   *
   * @param layer index in the network being trained
   * @param layers of the network being trained
   */
  public double dropRate(int layer, int layers) {
    return layers == 1 ? 0 : rate * layer / (layers - 1);
  }

  /**
   * Draws the scales of a module's branches for one batch: 0 where dropped. A chance so small that
   * the scale of kept ones is 1 in fp32, below 6e-8, drops none: rows of scale 1 are whole.
   *
   * @param firstLayer index of the module's first layer in the network being trained
   * @param moduleLayers layers of the module
   * @param layers of the network being trained
   * @param images B
   * @param random the step's stream for this module
   * @return (2 x moduleLayers) x B values, row-major; empty when the rate is 0
   */
  public float[] draw(
      int firstLayer, int moduleLayers, int layers, int images, RandomStream random) {
    if (rate == 0) {
      return new float[0];
    }
    var scales = new float[BRANCHES * moduleLayers * images];
    for (int row = 0; row < BRANCHES * moduleLayers; row++) {
      double dropped = dropRate(firstLayer + row / BRANCHES, layers);
      float kept = (float) (1 / (1 - dropped));
      for (int image = 0; image < images; image++) {
        boolean drop = random.nextDouble() < dropped && kept > 1;
        scales[row * images + image] = drop ? 0 : kept;
      }
    }
    return scales;
  }
}
