package io.deepincubation.core.recipe;

/**
 * What is done to training images (DeiT).
 *
 * @param cropPadding pixels of zero padding before a random crop, for images of 32 pixels or fewer
 * @param flip whether images are mirrored with even chance
 * @param mixup alpha of mixup's Beta distribution; 0 turns it off
 * @param cutmix alpha of cutmix's Beta distribution; 0 turns it off
 * @param randomErasing probability that a box of an image becomes noise
 */
public record AugmentationRecipe(
    int cropPadding, boolean flip, double mixup, double cutmix, double randomErasing) {}
