package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.Positive;
import io.deepincubation.core.recipe.Rules.Sides;
import io.deepincubation.core.recipe.Rules.UpTo;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What is done to images of dense tasks, and to what is annotated on them. Images keep their aspect
 * and are resized to the largest size whose longer and shorter side are within bounds.
 *
 * @param longSide pixels that the longer side has at most
 * @param shortSide pixels that the shorter side has at most in evaluation
 * @param leastRatio the least number that both bounds are multiplied by in training, drawn evenly
 *     up to {@code most-ratio}
 * @param mostRatio the highest such number
 * @param shortSides bounds of the shorter side that training draws one of, in the place of the
 *     ratio; empty for the ratio
 * @param partProbability probability that training first cuts a random part of 384 to 600 pixels a
 *     side from the image with a shorter side of 400, 500 or 600
 * @param crop side of the random square that training sees, in pixels, padded to the right and
 *     below where the image is smaller; 0 for whole images
 * @param largestShare part of the labelled pixels of a crop that one class may have; a crop with
 *     more, or with one class alone, is drawn anew, up to 10 times; 1 takes any
 * @param flip whether images are mirrored with even chance
 * @param photometric whether brightness, contrast, saturation and hue change, each with even chance
 */
public record SceneRecipe(
    @AtLeast(1) int longSide,
    @AtLeast(1) int shortSide,
    @Positive double leastRatio,
    @Positive double mostRatio,
    @Sides List<Integer> shortSides,
    @UpTo(most = 1, what = "a probability") double partProbability,
    @AtLeast(0) int crop,
    @UpTo(most = 1, what = "a share") double largestShare,
    boolean flip,
    boolean photometric)
    implements Serializable {

  /** Training of UperNet on ADE20K. */
  public static final SceneRecipe ADE20K =
      new SceneRecipe(
          /* longSide= */ 2048,
          /* shortSide= */ 512,
          /* leastRatio= */ 0.5,
          /* mostRatio= */ 2,
          /* shortSides= */ List.of(),
          /* partProbability= */ 0,
          /* crop= */ 512,
          /* largestShare= */ 0.75,
          /* flip= */ true,
          /* photometric= */ true);

  /** Training of Mask R-CNN on COCO by the 1x schedule. */
  public static final SceneRecipe COCO_1X = coco(List.of(800), /* partProbability= */ 0);

  /** Training of Mask R-CNN on COCO by the 3x schedule. */
  public static final SceneRecipe COCO_3X =
      coco(
          IntStream.iterate(480, side -> side <= 800, side -> side + 32).boxed().toList(),
          /* partProbability= */ 0.5);

  private static SceneRecipe coco(List<Integer> shortSides, double partProbability) {
    return new SceneRecipe(
        /* longSide= */ 1333,
        /* shortSide= */ 800,
        /* leastRatio= */ 1,
        /* mostRatio= */ 1,
        shortSides,
        partProbability,
        /* crop= */ 0,
        /* largestShare= */ 1,
        /* flip= */ true,
        /* photometric= */ false);
  }

  /** Copies. */
  public SceneRecipe {
    shortSides = List.copyOf(shortSides);
  }
}
