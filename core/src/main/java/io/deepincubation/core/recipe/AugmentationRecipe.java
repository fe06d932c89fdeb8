package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.Rules.AtLeast;
import io.deepincubation.core.recipe.Rules.BelowOne;
import io.deepincubation.core.recipe.Rules.NotNegative;
import io.deepincubation.core.recipe.Rules.UpTo;
import java.io.Serializable;

/**
 * What is done to training images (DeiT).
 *
 * @param cropPadding pixels of zero padding before a random crop, for images of 32 pixels or fewer;
 *     0 turns it off
 * @param resizedCrop whether a random part of an image (8 % to all of its area) is resized to the
 *     model's size, for larger images; in the place of the padding crop
 * @param flip whether images are mirrored with even chance
 * @param randAugment magnitude of RandAugment, 0 to 10; 9 is timm's {@code rand-m9-mstd0.5-inc1}, 0
 *     turns it off
 * @param colorJitter how far brightness, contrast and saturation may go from 1; only where
 *     RandAugment is off
 * @param mixup alpha of mixup's Beta distribution; 0 turns it off
 * @param cutmix alpha of cutmix's Beta distribution; 0 turns it off
 * @param randomErasing probability that a box of an image becomes noise
 * @param repeats how often an image of an epoch is taken, each time augmented anew (repeated
 *     augmentation); an epoch keeps its length and has so many times fewer images
 */
public record AugmentationRecipe(
    @AtLeast(0) int cropPadding,
    boolean resizedCrop,
    boolean flip,
    @UpTo(most = 10, what = "a magnitude") double randAugment,
    @BelowOne double colorJitter,
    @NotNegative double mixup,
    @NotNegative double cutmix,
    @UpTo(most = 1, what = "a probability") double randomErasing,
    @AtLeast(1) int repeats)
    implements Serializable {

  /** Samples as they are. */
  public static final AugmentationRecipe NONE =
      new AugmentationRecipe(
          /* cropPadding= */ 0,
          /* resizedCrop= */ false,
          /* flip= */ false,
          /* randAugment= */ 0,
          /* colorJitter= */ 0,
          /* mixup= */ 0,
          /* cutmix= */ 0,
          /* randomErasing= */ 0,
          /* repeats= */ 1);

  /** Whether the images of a batch are mixed, each with a partner. */
  public boolean pairsImages() {
    return mixup > 0 || cutmix > 0;
  }
}
