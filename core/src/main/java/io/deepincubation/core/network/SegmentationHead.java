package io.deepincubation.core.network;

import java.util.Locale;

/**
 * What reads the classes of pixels off a backbone's maps.
 *
 * @param kind of the head
 * @param neck what makes the maps of the head from the backbone's
 * @param channels of the head's maps, C
 * @param auxiliaryChannels of the auxiliary head on the third map, which is a part of the loss in
 *     training; 0 for none
 * @param norm of neck and heads
 * @param dropout chance of a channel to be dropped before the classes, in training
 */
public record SegmentationHead(
    Kind kind, Neck neck, int channels, int auxiliaryChannels, MapNorm norm, double dropout) {

  /** Ways to read the classes off maps. */
  public enum Kind {
    /** Pyramid pooling and a feature pyramid, all levels fused (Xiao et al., 2018). */
    UPERNET,
    /** One 3x3 convolution on the last tap, without neck (Long et al., 2015). */
    FCN
  }

  /** Ways to make four maps from a backbone's taps. */
  public enum Neck {
    /** Four strides: 4, 8, 16 and 32 for patches of 16 or 8 pixels. */
    PYRAMID,
    /** The taps themselves, all of one stride. */
    NONE
  }

  /** Checks. */
  public SegmentationHead {
    if (channels < 1 || auxiliaryChannels < 0 || !(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot build a head of %d channels and %d auxiliary ones with dropout %s: expected"
                  + " at least 1, at least 0, and 0 to below 1",
              channels,
              auxiliaryChannels,
              dropout));
    }
    if (kind == Kind.FCN && neck != Neck.NONE) {
      throw new IllegalArgumentException(
          "Cannot put a lean head on a neck: expected no neck, whose maps it would not read");
    }
  }

  /** UperNet of 512 channels as DeiT's users train it, with batch norm over the whole step. */
  public static final SegmentationHead UPERNET =
      new SegmentationHead(Kind.UPERNET, Neck.PYRAMID, 512, 256, MapNorm.BATCH, 0.1);
}
