package io.deepincubation.core.statistics;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * A mean over seeds, with its error from the seeds and from the images that every seed was measured
 * on: {@code error = sqrt(seedError^2 + imageError^2)}, which is a little too large rather than too
 * small. The 95 % interval is Student's, with Satterthwaite's degrees of freedom; with one seed it
 * is normal and knows the images alone.
 *
 * @param mean over the seeds
 * @param seeds that were trained
 * @param spread standard deviation between seeds; null with one
 * @param seedError standard error of the mean from the seeds; 0 with one
 * @param imageError standard error of the mean from the images
 * @param error both together
 * @param degrees of freedom; null with one seed, and where there is no error at all
 * @param margin half of the 95 % interval's width
 * @param p two-sided probability of a mean this far from 0 by chance
 */
public record Estimate(
    double mean,
    int seeds,
    @Nullable Double spread,
    double seedError,
    double imageError,
    double error,
    @Nullable Double degrees,
    double margin,
    double p) {

  private static final double CONFIDENCE = 0.95;
  private static final double UPPER = 1 - (1 - CONFIDENCE) / 2;

  /**
   * Estimates from what was measured image by image.
   *
   * @param bySeed for each seed a value an image, such as 1 where the network was right, or the
   *     difference of two networks' rightness; all of one length, in the order of the images
   */
  public static Estimate of(List<double[]> bySeed) {
    if (bySeed.isEmpty() || bySeed.get(0).length == 0) {
      throw new IllegalArgumentException(
          "Cannot estimate a mean: expected a seed and an image at least, got none");
    }
    int images = bySeed.get(0).length;
    if (bySeed.stream().anyMatch(values -> values.length != images)) {
      throw new IllegalArgumentException(
          "Cannot estimate a mean: expected "
              + images
              + " images of each seed, got "
              + bySeed.stream().map(values -> values.length).toList());
    }
    double[] ofSeeds = bySeed.stream().mapToDouble(Estimate::mean).toArray();
    return of(ofSeeds, images, images == 1 ? 0 : imageError(bySeed, images));
  }

  /**
   * Estimates from one value a seed alone, such as a ratio of costs.
   *
   * @param values one for each seed, two at least
   */
  public static Estimate ofSeeds(double[] values) {
    if (values.length < 2) {
      throw new IllegalArgumentException(
          "Cannot estimate from seeds alone: expected 2 at least, got " + values.length);
    }
    return of(values, 1, 0);
  }

  /** Whether anything tells its error: nothing does where one seed gave one number. */
  public boolean hasError() {
    return seeds > 1 || imageError > 0;
  }

  /** From sums over the seeds: those of whole numbers are exact, so that equal ones do not vary. */
  private static double imageError(List<double[]> bySeed, int images) {
    var sums = new double[images];
    for (double[] values : bySeed) {
      for (int i = 0; i < images; i++) {
        sums[i] += values[i];
      }
    }
    return deviation(sums) / bySeed.size() / Math.sqrt(images);
  }

  private static Estimate of(double[] ofSeeds, int images, double imageError) {
    int seeds = ofSeeds.length;
    double mean = mean(ofSeeds);
    if (seeds == 1) {
      var normal = new NormalDistribution();
      double p =
          imageError == 0
              ? certainty(mean)
              : 2 * normal.cumulativeProbability(-Math.abs(mean) / imageError);
      double margin = normal.inverseCumulativeProbability(UPPER) * imageError;
      return new Estimate(mean, seeds, null, 0, imageError, imageError, null, margin, p);
    }
    double spread = deviation(ofSeeds);
    double seedError = spread / Math.sqrt(seeds);
    double error = Math.hypot(seedError, imageError);
    if (error == 0) {
      return new Estimate(mean, seeds, spread, 0, 0, 0, null, 0, certainty(mean));
    }
    double degrees =
        Math.pow(error, 4)
            / (Math.pow(seedError, 4) / (seeds - 1)
                + (images < 2 ? 0 : Math.pow(imageError, 4) / (images - 1)));
    var student = new TDistribution(degrees);
    return new Estimate(
        mean,
        seeds,
        spread,
        seedError,
        imageError,
        error,
        degrees,
        student.inverseCumulativeProbability(UPPER) * error,
        2 * student.cumulativeProbability(-Math.abs(mean) / error));
  }

  private static double certainty(double mean) {
    return mean == 0 ? 1 : 0;
  }

  /** The lower end of the 95 % interval. */
  public double low() {
    return mean - margin;
  }

  /** The upper end of the 95 % interval. */
  public double high() {
    return mean + margin;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  /** With one less than the number of values below the sum, as of a sample. */
  private static double deviation(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
