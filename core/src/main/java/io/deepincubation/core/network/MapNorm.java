package io.deepincubation.core.network;

import java.util.Locale;

/**
 * How the maps of a dense network's neck and head are normed.
 *
 * @param kind over what
 * @param groups of channels; 0 where the kind has none
 */
public record MapNorm(Kind kind, int groups) {

  /** Over what a norm is taken. */
  public enum Kind {
    /** A channel over all images of a step, with running statistics; epsilon 1e-5. */
    BATCH,
    /** A group of channels of an image; epsilon 1e-5. */
    GROUP,
    /** The channels of a pixel; epsilon 1e-6. */
    LAYER
  }

  /** Batch norm over the whole step. */
  public static final MapNorm BATCH = new MapNorm(Kind.BATCH, 0);

  /** Layer norm over the channels. */
  public static final MapNorm LAYER = new MapNorm(Kind.LAYER, 0);

  private static final int MOST_GROUPS = 32;
  private static final int FEWEST_CHANNELS = 8;

  /** Checks. */
  public MapNorm {
    if (kind == Kind.GROUP != groups > 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot norm maps by %s in %d groups: expected groups for group norm alone",
              kind,
              groups));
    }
  }

  /**
   * Group norm of 32 groups, or of fewer with at least 8 channels each: fewer channels would leave
   * little but signs of a map of one pixel.
   *
   * @param channels that are normed
   */
  public static MapNorm groups(int channels) {
    int groups = Math.max(1, Math.min(MOST_GROUPS, channels / FEWEST_CHANNELS));
    while (channels % groups != 0) {
      groups--;
    }
    return new MapNorm(Kind.GROUP, groups);
  }

  /** Whether a map's result depends on the other images of a step. */
  boolean joinsImages() {
    return kind == Kind.BATCH;
  }

  /**
   * Checks that channels can be normed.
   *
   * @throws IllegalArgumentException if the groups do not divide them
   */
  void requireFits(int channels) {
    if (groups > 0 && channels % groups != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot norm %d channels in %d groups: expected a divisor",
              channels,
              groups));
    }
  }
}
