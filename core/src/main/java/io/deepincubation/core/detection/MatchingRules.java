package io.deepincubation.core.detection;

import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * How candidate boxes of an image are matched to its objects, and how many take part in a loss.
 *
 * @param background overlap below which a candidate is of background: 0.3 of anchors, 0.5 of
 *     proposals
 * @param foreground overlap from which it is of foreground, not below the other: 0.7 of anchors,
 *     0.5 of proposals
 * @param samples candidates of an image that take part: 256 anchors, 512 proposals
 * @param foregroundSamples those of foreground among them at most: 128 of both
 */
public record MatchingRules(
    double background, double foreground, int samples, int foregroundSamples) {

  /** Checks the order of the numbers. */
  public MatchingRules {
    if (!(background > 0
        && background <= foreground
        && foreground <= 1
        && foregroundSamples >= 0
        && foregroundSamples <= samples)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot match boxes: expected 0 < background <= foreground <= 1 and foreground"
                  + " samples from 0 to all samples, got %s and %s, %d of %d",
              background,
              foreground,
              foregroundSamples,
              samples));
    }
  }

  /**
   * Candidates that take part in a loss, by rising index.
   *
   * @param foreground indices of foreground
   * @param background indices of background
   */
  public record Sample(int[] foreground, int[] background) {}

  /**
   * Regions of interest that take part in the heads' losses.
   *
   * @param boxes N x 4, those of foreground first
   * @param objects index of the object that each is matched to; -1 of background
   * @param foreground how many are of foreground
   */
  public record Regions(float[] boxes, int[] objects, int foreground) {}

  /**
   * Matches anchors; those of an object's highest overlap are of foreground too, ties included, and
   * stay matched to their own best object.
   *
   * @param anchors N x 4; those over the image's border take part
   * @param objects M x 4; without any, all anchors are of background
   */
  public Matches anchors(float[] anchors, float[] objects) {
    return Matches.byOverlapAndObject(anchors, objects, background, foreground);
  }

  /** Matches proposals, N x 4, to objects, M x 4. */
  public Matches proposals(float[] proposals, float[] objects) {
    return Matches.byOverlap(proposals, objects, background, foreground);
  }

  /**
   * Draws what takes part, uniformly without replacement: of foreground up to its number, and of
   * background up to all that are left.
   */
  public Sample sample(Matches matches, RandomStream random) {
    int[] some = draw(matches.indices(Matches.FOREGROUND), foregroundSamples, random);
    int[] rest = draw(matches.indices(Matches.BACKGROUND), samples - some.length, random);
    return new Sample(some, rest);
  }

  /**
   * Draws regions of interest from proposals and the objects' own boxes.
   *
   * @param proposals N x 4
   * @param objects M x 4
   */
  public Regions regions(float[] proposals, float[] objects, RandomStream random) {
    float[] candidates = Boxes.joined(proposals, objects);
    Matches matches = proposals(candidates, objects);
    Sample sample = sample(matches, random);
    int[] chosen =
        Arrays.copyOf(sample.foreground(), sample.foreground().length + sample.background().length);
    System.arraycopy(
        sample.background(), 0, chosen, sample.foreground().length, sample.background().length);
    int[] matched = new int[chosen.length];
    Arrays.setAll(matched, i -> i < sample.foreground().length ? matches.objects()[chosen[i]] : -1);
    return new Regions(Boxes.pick(candidates, chosen), matched, sample.foreground().length);
  }

  private static int[] draw(int[] from, int most, RandomStream random) {
    int count = Math.min(most, from.length);
    if (count < from.length) {
      for (int i = 0; i < count; i++) {
        int other = i + Permutation.below(random, from.length - i);
        int drawn = from[other];
        from[other] = from[i];
        from[i] = drawn;
      }
    }
    int[] drawn = Arrays.copyOf(from, count);
    Arrays.sort(drawn);
    return drawn;
  }
}
