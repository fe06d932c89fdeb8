package io.deepincubation.core.recipe;

import io.deepincubation.core.network.DenseBackbone;
import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.Positive;
import io.deepincubation.core.recipe.Rules.Taps;
import io.deepincubation.core.recipe.Rules.UpTo;
import java.io.Serializable;
import java.util.List;

/**
 * How objects and their masks are found on a backbone's maps: Mask R-CNN (He et al., 2017) on a
 * feature pyramid.
 *
 * @param taps layers, from 1, whose outputs are the maps; empty for the quarters of the depth
 * @param window side of the attention's windows in tokens, in all layers but the last of each
 *     quarter; 0 for global attention
 * @param channels of the pyramid's maps, of the region proposals' and of the mask head's
 * @param levels of the region proposals: 4, or 5 with one of half the size of the last map
 * @param anchorSize side of a square of an anchor's area, in places of its level
 * @param anchors of an image that training looks at, at most half of them on objects
 * @param trainingProposalsPerLevel boxes of each level that proposals are chosen of in training, by
 *     falling score
 * @param proposalsPerLevel the same in evaluation
 * @param proposals of an image, of all levels
 * @param proposalOverlap overlap of proposals of one level that is still allowed
 * @param regions of an image that the box head learns from
 * @param foreground of these regions at most, of which the mask head learns
 * @param regionSize side of a square region in pixels from which it is read off the third map; from
 *     half of it on off the second, from twice of it off the last
 * @param samples points of a region's bin along each side; 0 for as many as it has places of the
 *     map
 * @param boxWidth of the box head's two layers
 * @param maskConvolutions of the mask head
 * @param score probability above which a box is an object
 * @param overlap of objects of one class that is still allowed
 * @param detections of an image at most
 */
public record DetectionRecipe(
    @Taps List<Integer> taps,
    @AtLeast(0) int window,
    @AtLeast(1) int channels,
    @AtLeast(4) int levels,
    @Positive double anchorSize,
    @AtLeast(2) int anchors,
    @AtLeast(1) int trainingProposalsPerLevel,
    @AtLeast(1) int proposalsPerLevel,
    @AtLeast(1) int proposals,
    @UpTo(most = 1, what = "an overlap") double proposalOverlap,
    @AtLeast(1) int regions,
    @AtLeast(1) int foreground,
    @Positive double regionSize,
    @AtLeast(0) int samples,
    @AtLeast(1) int boxWidth,
    @AtLeast(1) int maskConvolutions,
    @UpTo(most = 1, what = "a probability") double score,
    @UpTo(most = 1, what = "an overlap") double overlap,
    @AtLeast(1) int detections)
    implements Serializable {

  /** As the references train on COCO. */
  static final DetectionRecipe MASK_RCNN =
      new DetectionRecipe(
          /* taps= */ List.of(),
          /* window= */ DenseBackbone.WINDOW,
          /* channels= */ 256,
          /* levels= */ 5,
          /* anchorSize= */ 8,
          /* anchors= */ 256,
          /* trainingProposalsPerLevel= */ 2000,
          /* proposalsPerLevel= */ 1000,
          /* proposals= */ 1000,
          /* proposalOverlap= */ 0.7,
          /* regions= */ 512,
          /* foreground= */ 128,
          /* regionSize= */ 224,
          /* samples= */ 2,
          /* boxWidth= */ 1024,
          /* maskConvolutions= */ 4,
          /* score= */ 0.05,
          /* overlap= */ 0.5,
          /* detections= */ 100);

  /** Copies. */
  public DetectionRecipe {
    taps = List.copyOf(taps);
  }

  /** What is put on the backbone. */
  public DetectionHead onBackbone() {
    return new DetectionHead(
        channels,
        levels,
        boxWidth,
        maskConvolutions,
        samples,
        new DetectionHead.Sampling(anchors, regions, foreground));
  }
}
