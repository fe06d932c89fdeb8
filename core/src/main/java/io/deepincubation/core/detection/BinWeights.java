package io.deepincubation.core.detection;

/**
 * How RoIAlign (aligned, with adaptive samples) reads one axis: the weight of each pixel in each of
 * some equal bins. It is separable, so a map is read by the weights of its rows and its columns.
 *
 * <p>Of each bin the running sums of the weights are kept, since runs of ones are all that is read.
 */
final class BinWeights {

  private final int[] first;
  private final double[][] sums;

  private BinWeights(int bins) {
    this.first = new int[bins];
    this.sums = new double[bins][];
  }

  /**
   * The weights of a box's side.
   *
   * @param start its lower edge, in pixels
   * @param end its higher edge
   * @param bins that it is cut into
   * @param size pixels of the axis
   */
  static BinWeights of(float start, float end, int bins, int size) {
    var weights = new BinWeights(bins);
    float from = start - 0.5f;
    float length = end - 0.5f - from;
    int samples = (int) Math.ceil(length / bins);
    for (int bin = 0; bin < bins; bin++) {
      double[] places = new double[Math.max(samples, 0)];
      for (int i = 0; i < places.length; i++) {
        places[i] = from + (bin + (i + 0.5) / samples) * length / bins;
      }
      weights.fill(bin, places, size);
    }
    return weights;
  }

  private void fill(int bin, double[] places, int size) {
    if (places.length == 0) {
      sums[bin] = new double[1];
      return;
    }
    int lowest = (int) clamped(places[0], size);
    int highest = (int) clamped(places[places.length - 1], size) + 1;
    double[] weights = new double[highest - lowest + 1];
    for (double place : places) {
      if (place >= -1 && place <= size) {
        double inside = clamped(place, size);
        int low = (int) inside;
        weights[low - lowest] += (1 - (inside - low)) / places.length;
        weights[low - lowest + 1] += (inside - low) / places.length;
      }
    }
    first[bin] = lowest;
    sums[bin] = new double[weights.length + 1];
    for (int i = 0; i < weights.length; i++) {
      sums[bin][i + 1] = sums[bin][i] + weights[i];
    }
  }

  private static double clamped(double place, int size) {
    return Math.min(Math.max(place, 0), size - 1);
  }

  /** The sum of the weights of pixels {@code from} to {@code to - 1} in a bin. */
  double between(int bin, int from, int to) {
    return until(bin, to) - until(bin, from);
  }

  private double until(int bin, int pixel) {
    double[] sum = sums[bin];
    return sum[Math.min(Math.max(pixel - first[bin], 0), sum.length - 1)];
  }
}
