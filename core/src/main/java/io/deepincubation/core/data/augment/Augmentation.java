package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import java.util.Locale;

/**
 * What DeiT does to training images: a random part of the image, resized, or a random crop after
 * zero padding for small images; a random flip; RandAugment or colour jitter; normalisation with
 * ImageNet's mean and standard deviation; random erasing.
 *
 * <p>Every draw is a pure function of (seed, stage, module, epoch, sample, repeat), so a sample
 * looks the same whichever batch it is in. C is 3; the network sees S x S pixels.
 */
public final class Augmentation {

  private static final long CROP = RandomStream.part("crop");
  private static final long FLIP = RandomStream.part("flip");
  private static final long RAND_AUGMENT = RandomStream.part("rand-augment");
  private static final long COLOR_JITTER = RandomStream.part("color-jitter");
  private static final long ERASING = RandomStream.part("erasing");

  private final AugmentationRecipe recipe;
  private final BatchKey key;
  private final int stored;
  private final int side;

  /**
   * Prepares the draws of a training.
   *
   * @param recipe what is done
   * @param key what the draws are for
   * @param side S
   */
  public Augmentation(AugmentationRecipe recipe, BatchKey key, int side) {
    this(recipe, key, side, side);
  }

  /**
   * Prepares augmentation of images that are to become larger or smaller.
   *
   * @param recipe what is done
   * @param key what the draws are for
   * @param stored side of the images in pixels, unless random parts of them are resized
   * @param side that they get
   */
  public Augmentation(AugmentationRecipe recipe, BatchKey key, int stored, int side) {
    this.recipe = recipe;
    this.key = key;
    this.stored = stored;
    this.side = side;
  }

  /**
   * What evaluation does to images after a training with this augmentation: training by resized
   * parts goes with the middle of an image that was resized to 256/224, else all of the shorter
   * side is seen.
   *
   * @param side rows and columns that the network sees
   */
  public static PixelTransform evaluation(AugmentationRecipe recipe, int side) {
    return recipe.resizedCrop() ? PixelTransform.deit(side) : PixelTransform.uncropped(side);
  }

  /**
   * Which look of which image is made.
   *
   * @param epoch from 0
   * @param sample the image's row in its table
   * @param repeat how often the epoch has taken the image before
   */
  public record Look(int epoch, int sample, int repeat) {}

  /**
   * Writes an image as the network sees it.
   *
   * @param picture the image; of S x S pixels where it is not cropped to a resized part
   * @param look which look is made
   * @param into receives C x S x S values
   * @param offset where they start
   */
  public void apply(Picture picture, Look look, float[] into, int offset) {
    Pixels pixels = cropped(picture, look);
    if (recipe.flip() && key.stream(look, FLIP).nextDouble() < 0.5) {
      pixels = pixels.mirrored();
    }
    if (recipe.randAugment() > 0) {
      pixels = new RandAugment(recipe.randAugment()).apply(pixels, key.stream(look, RAND_AUGMENT));
    } else if (recipe.colorJitter() > 0) {
      pixels = new ColorJitter(recipe.colorJitter()).apply(pixels, key.stream(look, COLOR_JITTER));
    }
    Normalization.IMAGENET.apply(pixels, into, offset);
    if (recipe.randomErasing() > 0) {
      RandomStream random = key.stream(look, ERASING);
      if (random.nextDouble() < recipe.randomErasing()) {
        RandomErasing.apply(random, into, offset, side, side);
      }
    }
  }

  private Pixels cropped(Picture picture, Look look) {
    RandomStream random = key.stream(look, CROP);
    if (recipe.resizedCrop()) {
      Box part = RandomResizedCrop.draw(random, picture.height(), picture.width());
      return Resampling.resized(picture.part(part, side), side, side);
    }
    Pixels whole = picture.pixels();
    requireStored(whole);
    Pixels resized = side == stored ? whole : Resampling.resized(whole, side, side);
    int padding = Math.round((float) recipe.cropPadding() * side / stored);
    if (padding == 0) {
      return resized;
    }
    int top = Permutation.below(random, 2 * padding + 1) - padding;
    int left = Permutation.below(random, 2 * padding + 1) - padding;
    return resized.shifted(top, left);
  }

  private void requireStored(Pixels pixels) {
    if (pixels.height() != stored || pixels.width() != stored) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot augment an image: expected %d x %d pixels, got %s; set"
                  + " augmentation.resized-crop, or run `prepare` with --image-size %d",
              stored,
              stored,
              pixels.size(),
              stored));
    }
  }
}
