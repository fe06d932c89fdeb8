package io.deepincubation.core.network;

import java.util.Locale;

/**
 * What finds objects on a backbone's maps, and their masks: Mask R-CNN (He et al., 2017) on a
 * feature pyramid.
 *
 * @param channels of the pyramid's maps, of the region proposals' and of the mask head's, C
 * @param levels of the region proposals: 4, or 5 with one of half the size of the last map
 * @param boxWidth of the box head's two layers
 * @param maskConvolutions of the mask head
 * @param samples points of a region's bin along each side; 0 for as many as places of the map,
 *     which makes arrays of other sizes in each step
 * @param sampling how much of an image the losses are of
 */
public record DetectionHead(
    int channels, int levels, int boxWidth, int maskConvolutions, int samples, Sampling sampling) {

  /**
   * What is sampled of an image in training.
   *
   * @param anchors labelled for the region proposals' losses
   * @param regions for the box head, at most
   * @param foreground of these regions, at most, for the mask head, too
   */
  public record Sampling(int anchors, int regions, int foreground) {

    /** Checks. */
    public Sampling {
      if (anchors < 1 || foreground < 1 || regions < foreground) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cannot sample %d anchors and %d regions with %d in the foreground: expected at"
                    + " least 1 of each, and no more in the foreground than there are",
                anchors,
                regions,
                foreground));
      }
    }
  }

  /** Anchors at a place of a map: three ratios of one area. */
  public static final int ANCHORS_AT_A_PLACE = 3;

  /** Bins of a region along each side, for the box head. */
  static final int BOX_SIDE = 7;

  /** Bins of a region along each side, for the mask head. */
  static final int MASK_BINS = 14;

  /** Pixels of a mask along each side. */
  public static final int MASK_SIDE = 2 * MASK_BINS;

  /** Levels that regions are read off. */
  static final int REGION_LEVELS = DenseBackbone.TAPS;

  /** Levels of the region proposals, at most. */
  public static final int MOST_LEVELS = REGION_LEVELS + 1;

  /** As the references train on COCO. */
  public static final DetectionHead COCO =
      new DetectionHead(256, MOST_LEVELS, 1024, 4, 2, new Sampling(256, 512, 128));

  /** Checks. */
  public DetectionHead {
    if (channels < 1 || boxWidth < 1 || maskConvolutions < 1 || samples < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot build heads of %d channels, width %d, %d convolutions and %d samples:"
                  + " expected at least 1 of each",
              channels,
              boxWidth,
              maskConvolutions,
              samples));
    }
    if (levels != REGION_LEVELS && levels != MOST_LEVELS) {
      throw new IllegalArgumentException(
          "Cannot propose regions on " + levels + " levels: expected 4 or 5");
    }
  }
}
