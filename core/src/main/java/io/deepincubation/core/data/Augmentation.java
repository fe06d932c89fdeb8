package io.deepincubation.core.data;

import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import java.util.Arrays;

/**
 * What DeiT does to small training images: random crop after zero padding, random flip,
 * normalisation with ImageNet's mean and standard deviation, random erasing.
 *
 * <p>Every draw is a pure function of (seed, stage, module, epoch, sample), so a sample looks the
 * same whichever batch it is in. C is 3; images of H x W keep their size.
 */
public final class Augmentation {

  private static final long CROP = RandomStream.part("crop");
  private static final long FLIP = RandomStream.part("flip");
  private static final long ERASING = RandomStream.part("erasing");

  /** Random erasing (Zhong et al., 2020) with timm's bounds. */
  private static final double ERASED_MIN = 0.02;

  private static final double ERASED_MAX = 1.0 / 3;
  private static final double ASPECT_MIN = 0.3;
  private static final int ERASING_ATTEMPTS = 10;

  private final AugmentationRecipe recipe;
  private final BatchKey key;
  private final long stage;
  private final int height;
  private final int width;

  /**
   * Prepares the draws of a training.
   *
   * @param recipe what is done
   * @param key what the draws are for
   * @param height H
   * @param width W
   */
  public Augmentation(AugmentationRecipe recipe, BatchKey key, int height, int width) {
    this.recipe = recipe;
    this.key = key;
    this.stage = RandomStream.part(key.stage());
    this.height = height;
    this.width = width;
  }

  /**
   * Writes an image as the network sees it.
   *
   * @param pixels C x H x W unsigned bytes
   * @param epoch from 0
   * @param sample the image's row in its table
   * @param into receives C x H x W values
   * @param offset where they start
   */
  public void apply(byte[] pixels, int epoch, int sample, float[] into, int offset) {
    int top = 0;
    int left = 0;
    if (recipe.cropPadding() > 0) {
      RandomStream random = stream(epoch, sample, CROP);
      top = Permutation.below(random, 2 * recipe.cropPadding() + 1) - recipe.cropPadding();
      left = Permutation.below(random, 2 * recipe.cropPadding() + 1) - recipe.cropPadding();
    }
    boolean flipped = recipe.flip() && stream(epoch, sample, FLIP).nextDouble() < 0.5;
    shift(pixels, top, left, flipped, into, offset);
    if (recipe.randomErasing() > 0) {
      RandomStream random = stream(epoch, sample, ERASING);
      if (random.nextDouble() < recipe.randomErasing()) {
        erase(random, into, offset);
      }
    }
  }

  private RandomStream stream(int epoch, int sample, long part) {
    return RandomStream.of(key.seed(), stage, key.moduleIndex(), epoch, sample, part);
  }

  /**
   * Writes the window of an image whose first row and column are {@code top} and {@code left};
   * black (before normalisation) where it leaves the image; mirrored if {@code flipped}.
   */
  void shift(byte[] pixels, int top, int left, boolean flipped, float[] into, int offset) {
    int first = Math.max(0, -left);
    int last = Math.min(width, width - left);
    int step = flipped ? -1 : 1;
    for (int row = 0; row < Normalization.CHANNELS * height; row++) {
      int channel = row / height;
      int y = row % height + top;
      int target = offset + row * width;
      boolean inside = y >= 0 && y < height;
      if (!inside || left != 0) {
        Arrays.fill(into, target, target + width, Normalization.black(channel));
      }
      if (inside) {
        int source = (channel * height + y) * width + left + first;
        int start = (flipped ? target + width - 1 : target) + step * first;
        Normalization.copy(channel, pixels, source, last - first, into, start, step);
      }
    }
  }

  /** Makes a random box of a normalised image standard normal noise. */
  private void erase(RandomStream random, float[] into, int offset) {
    for (int attempt = 0; attempt < ERASING_ATTEMPTS; attempt++) {
      double area = between(random, ERASED_MIN, ERASED_MAX) * height * width;
      double logAspect =
          between(random, StrictMath.log(ASPECT_MIN), StrictMath.log(1 / ASPECT_MIN));
      double aspect = StrictMath.exp(logAspect);
      int boxHeight = (int) Math.rint(Math.sqrt(area * aspect));
      int boxWidth = (int) Math.rint(Math.sqrt(area / aspect));
      if (boxHeight < height && boxWidth < width) {
        int top = Permutation.below(random, height - boxHeight + 1);
        int left = Permutation.below(random, width - boxWidth + 1);
        noise(random, new Box(top, top + boxHeight, left, left + boxWidth), into, offset);
        return;
      }
    }
  }

  private static double between(RandomStream random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private void noise(RandomStream random, Box box, float[] into, int offset) {
    for (int channel = 0; channel < Normalization.CHANNELS; channel++) {
      for (int y = box.top(); y < box.bottom(); y++) {
        int row = offset + (channel * height + y) * width;
        for (int x = box.left(); x < box.right(); x++) {
          into[row + x] = (float) random.nextGaussian();
        }
      }
    }
  }
}
