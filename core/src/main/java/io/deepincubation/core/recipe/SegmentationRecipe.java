package io.deepincubation.core.recipe;

import io.deepincubation.core.network.MapNorm;
import io.deepincubation.core.network.SegmentationHead;
import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.Taps;
import java.io.Serializable;
import java.util.List;

/**
 * How classes of pixels are read off a backbone.
 *
 * @param head upernet (Xiao et al., 2018), or the lean fcn on the last map (Long et al., 2015)
 * @param neck pyramid of four strides, or none: four maps of one stride
 * @param taps layers, from 1, whose outputs are the maps; empty for the quarters of the depth
 * @param channels of the head's maps
 * @param auxiliaryChannels of the auxiliary head in training; 0 for none
 * @param norm of neck and heads: batch over the whole step, group, or layer over the channels
 * @param dropout chance of a channel to be dropped before the classes, in training
 * @param window side of the windows that large images are measured and predicted in, in pixels; 0
 *     for whole images
 * @param stride from window to window, in pixels
 */
public record SegmentationRecipe(
    SegmentationHead.Kind head,
    SegmentationHead.Neck neck,
    @Taps List<Integer> taps,
    @AtLeast(1) int channels,
    @AtLeast(0) int auxiliaryChannels,
    MapNorm.Kind norm,
    @BelowOne double dropout,
    @AtLeast(0) int window,
    @AtLeast(1) int stride)
    implements Serializable {

  /** UperNet as DeiT's users train it, measured on whole images. */
  static final SegmentationRecipe UPERNET =
      new SegmentationRecipe(
          SegmentationHead.Kind.UPERNET,
          SegmentationHead.Neck.PYRAMID,
          List.of(),
          512,
          256,
          MapNorm.Kind.BATCH,
          0.1,
          0,
          341);

  /** Copies. */
  public SegmentationRecipe {
    taps = List.copyOf(taps);
  }

  /** What is put on the backbone. */
  public SegmentationHead onBackbone() {
    MapNorm ofMaps =
        switch (norm) {
          case BATCH -> MapNorm.BATCH;
          case GROUP -> MapNorm.groups(channels);
          case LAYER -> MapNorm.LAYER;
        };
    return new SegmentationHead(head, neck, channels, auxiliaryChannels, ofMaps, dropout);
  }
}
