package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.augment.SceneAugmentation.Size;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import io.deepincubation.core.recipe.SceneRecipe;
import java.util.Locale;

/**
 * What evaluation and inference do to an image of a dense task, whatever its size: it keeps its
 * aspect and is resized (bilinear) to the largest size within bounds, whole, and normalised.
 *
 * @param longSide pixels that the longer side has at most
 * @param shortSide pixels that the shorter side has at most
 * @param normalization of each channel
 */
public record SceneTransform(int longSide, int shortSide, Normalization normalization) {

  /** Checks. */
  public SceneTransform {
    if (shortSide < 1 || longSide < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot resize images: expected bounds of their sides from 1, got %d and %d",
              longSide,
              shortSide));
    }
  }

  /** That of a recipe, with ImageNet's mean and standard deviation. */
  public static SceneTransform of(SceneRecipe recipe) {
    return new SceneTransform(recipe.longSide(), recipe.shortSide(), Normalization.IMAGENET);
  }

  /** The most values that an image becomes. */
  public int values() {
    return Normalization.CHANNELS * longSide * shortSide;
  }

  /** The size that an image becomes. */
  public Size size(Picture picture) {
    return size(picture, 1);
  }

  /** The size of an image whose bounds are multiplied by a ratio. */
  public Size size(Picture picture, double ratio) {
    return Size.within(picture.height(), picture.width(), longSide * ratio, shortSide * ratio);
  }

  /** Writes what the network gets of an image, C x H x W of {@link #size(Picture)}. */
  public void write(Picture picture, float[] into, int offset) {
    normalization.apply(resized(picture, size(picture)), into, offset);
  }

  /**
   * What the network gets of an image.
   *
   * @param size H x W
   * @param mirrored whether left and right are changed
   * @return C x H x W values
   */
  public float[] values(Picture picture, Size size, boolean mirrored) {
    Pixels resized = resized(picture, size);
    float[] values = new float[resized.values().length];
    normalization.apply(mirrored ? resized.mirrored() : resized, values, 0);
    return values;
  }

  private static Pixels resized(Picture picture, Size size) {
    return Resampling.bilinear(picture.pixels(), size.height(), size.width());
  }
}
