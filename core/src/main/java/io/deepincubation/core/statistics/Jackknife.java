package io.deepincubation.core.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A measure that is no mean over the images, such as mean intersection over union, as a mean over
 * groups of them: the delete-a-group jackknife's pseudo-values (Tukey, 1958), moved so that their
 * mean is the measure itself. So {@link Estimate} tells the measure's error from the images, and of
 * two networks that are measured on the same images that of their difference.
 */
public final class Jackknife {

  /** Groups at most: each costs a measurement without it. */
  static final int GROUPS = 200;

  private Jackknife() {}

  /**
   * What each group of images gives the measure.
   *
   * @param images what is known of each, in order; groups are images that follow one another
   * @param measure of some of the images, finite
   * @return a number for each group: with up to 200 images each is a group; empty with fewer than
   *     two images
   */
  public static <T> List<Double> shares(List<T> images, ToDoubleFunction<List<T>> measure) {
    int groups = Math.min(images.size(), GROUPS);
    if (groups < 2) {
      return List.of();
    }
    double whole = measure.applyAsDouble(images);
    double[] without =
        IntStream.range(0, groups)
            .mapToDouble(group -> measure.applyAsDouble(without(images, group, groups)))
            .toArray();
    double mean = Arrays.stream(without).average().orElseThrow();
    return Arrays.stream(without)
        .mapToObj(measured -> whole - (groups - 1) * (measured - mean))
        .toList();
  }

  private static <T> List<T> without(List<T> images, int group, int groups) {
    int first = begin(images, group, groups);
    int end = begin(images, group + 1, groups);
    var others = new ArrayList<T>(images.subList(0, first));
    others.addAll(images.subList(end, images.size()));
    return others;
  }

  private static int begin(List<?> images, int group, int groups) {
    return Math.toIntExact((long) group * images.size() / groups);
  }
}
