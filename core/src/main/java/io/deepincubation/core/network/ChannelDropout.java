package io.deepincubation.core.network;

import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;

/**
 * Dropout of whole channels in training, per image, with kept ones scaled by the inverse of the
 * chance to be kept.
 *
 * @param channels that may be dropped
 * @param rate chance of each to be dropped, in [0, 1)
 */
public record ChannelDropout(int channels, double rate) {

  /** Nothing is ever dropped. */
  public static final ChannelDropout OFF = new ChannelDropout(0, 0);

  /** Checks. */
  public ChannelDropout {
    if (channels < 0 || !(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "Cannot drop "
              + channels
              + " channels with rate "
              + rate
              + ": expected at least 0, and 0 to below 1");
    }
  }

  /** Whether some channels are dropped. */
  boolean drops() {
    return channels > 0 && rate > 0;
  }

  /**
   * Draws the channels' scales for one batch, 0 where dropped, behind those of a module's branches.
   *
   * @param branches rows of scales of the branches, or none to keep them all
   * @param rows of scales that all branches have
   * @param images B
   * @param random the step's stream for the module, behind the branches' draws
   * @return (rows + channels) x B values, row-major
   */
  float[] drawBehind(float[] branches, int rows, int images, RandomStream random) {
    float[] scales = Arrays.copyOf(branches, (rows + channels) * images);
    if (branches.length == 0) {
      Arrays.fill(scales, 0, rows * images, 1);
    }
    float kept = (float) (1 / (1 - rate));
    for (int i = rows * images; i < scales.length; i++) {
      scales[i] = random.nextDouble() < rate ? 0 : kept;
    }
    return scales;
  }
}
