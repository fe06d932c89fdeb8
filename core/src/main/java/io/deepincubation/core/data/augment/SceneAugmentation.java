package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.Augmentation.Look;
import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.SceneRecipe;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What training of dense tasks does to images and to what is annotated on them: another size, a
 * random crop, a flip, other colours, normalisation with ImageNet's mean and standard deviation,
 * and padding to the right and below.
 *
 * <p>Every draw is a pure function of (seed, stage, module, epoch, sample, repeat). C is 3; the
 * network sees S x S pixels: the crop, or where images stay whole a square of the longer side's
 * bound, rounded up to a multiple of 32.
 */
public final class SceneAugmentation {

  private static final long SCALE = RandomStream.part("scale");
  private static final long CROP = RandomStream.part("crop");
  private static final long FLIP = RandomStream.part("flip");
  private static final long PHOTOMETRIC = RandomStream.part("photometric");

  private static final long PART = RandomStream.part("part");

  /** Bounds of the shorter side of an image that a part is cut from. */
  private static final int[] PART_SHORT_SIDES = {400, 500, 600};

  private static final int LEAST_PART = 384;
  private static final int MOST_PART = 600;

  /** Of the coarsest map of a pyramid, which sides are a multiple of. */
  private static final int STRIDE = 32;

  /** How often a crop is drawn anew at most. */
  private static final int REDRAWS = 10;

  private final SceneRecipe recipe;
  private final BatchKey key;
  private final int side;

  /**
   * Prepares the draws of a training.
   *
   * @param recipe what is done
   * @param key what the draws are for
   */
  public SceneAugmentation(SceneRecipe recipe, BatchKey key) {
    this.recipe = recipe;
    this.key = key;
    side = side(recipe);
  }

  /** S. */
  public static int side(SceneRecipe recipe) {
    return recipe.crop() > 0 ? recipe.crop() : padded(recipe.longSide());
  }

  /** The length of a padded side of an image that stays whole, in pixels. */
  public static int padded(int side) {
    return (side + STRIDE - 1) / STRIDE * STRIDE;
  }

  /**
   * The size of images that training sees: S x S, or where images stay whole what a photograph of
   * sides 2 : 3 is padded to, of the mean of the bounds that are drawn.
   */
  public static Size usualSize(SceneRecipe recipe) {
    if (recipe.crop() > 0) {
      return new Size(recipe.crop(), recipe.crop());
    }
    double drawn = (recipe.leastRatio() + recipe.mostRatio()) / 2;
    double bound =
        recipe.shortSides().stream()
            .mapToInt(Integer::intValue)
            .average()
            .orElse(recipe.shortSide() * drawn);
    Size size = Size.within(2, 3, recipe.longSide(), bound);
    return new Size(padded(size.height()), padded(size.width()));
  }

  /**
   * Writes an image with its labels as training sees it.
   *
   * @param picture the image
   * @param labels of its pixels
   * @param ignored class id of pixels that count for nothing, and of the padding
   * @param look which look is made
   * @param into receives C x S x S values
   * @param offset where they start
   * @param targets receives S x S class ids
   * @param targetOffset where they start
   */
  public void apply(
      Picture picture,
      LabelMap labels,
      int ignored,
      Look look,
      float[] into,
      int offset,
      float[] targets,
      int targetOffset) {
    Optional<SceneView> first = part(picture, look);
    Pixels image = first.map(view -> view.of(picture.pixels())).orElseGet(picture::pixels);
    LabelMap ofImage = first.map(view -> view.of(labels)).orElse(labels);
    Size size = scaled(image, look);
    LabelMap resized = ofImage.resized(size.height(), size.width());
    Box crop = crop(size, part -> isVaried(resized.part(part), ignored), look);
    var view = new SceneView(size.height(), size.width(), crop, flips(look));
    write(view.of(image), look, into, offset);
    view.of(ofImage).write(targets, targetOffset, side, side, ignored);
  }

  /**
   * Writes an image as training sees it.
   *
   * @param picture the image
   * @param objects on it
   * @param look which look is made
   * @param into receives C x S x S values
   * @param offset where they start
   * @return the objects as training sees them, on the image without its padding
   */
  public SceneObjects apply(
      Picture picture, SceneObjects objects, Look look, float[] into, int offset) {
    Optional<SceneView> first = part(picture, look);
    Pixels image = first.map(view -> view.of(picture.pixels())).orElseGet(picture::pixels);
    SceneObjects onImage = first.map(view -> view.of(objects)).orElse(objects);
    Size size = scaled(image, look);
    Box crop = crop(size, any -> true, look);
    var view = new SceneView(size.height(), size.width(), crop, flips(look));
    write(view.of(image), look, into, offset);
    return view.of(onImage);
  }

  /** The part that is cut from the image before all else, of a size of its own. */
  private Optional<SceneView> part(Picture picture, Look look) {
    RandomStream random = key.stream(look, PART);
    if (random.nextDouble() >= recipe.partProbability()) {
      return Optional.empty();
    }
    double shortBound = PART_SHORT_SIDES[Permutation.below(random, PART_SHORT_SIDES.length)];
    Size size =
        Size.within(picture.height(), picture.width(), Double.POSITIVE_INFINITY, shortBound);
    int rows = partSide(random, size.height());
    int columns = partSide(random, size.width());
    int top = Permutation.below(random, size.height() - rows + 1);
    int left = Permutation.below(random, size.width() - columns + 1);
    return Optional.of(
        new SceneView(
            size.height(),
            size.width(),
            new Box(top, top + rows, left, left + columns),
            /* mirrored= */ false));
  }

  private static int partSide(RandomStream random, int side) {
    int least = Math.min(side, LEAST_PART);
    return least + Permutation.below(random, Math.min(side, MOST_PART) - least + 1);
  }

  private void write(Pixels seen, Look look, float[] into, int offset) {
    Pixels coloured =
        recipe.photometric()
            ? PhotometricDistortion.apply(seen, key.stream(look, PHOTOMETRIC))
            : seen;
    Normalization.IMAGENET.apply(coloured, into, offset, side, side);
  }

  private boolean flips(Look look) {
    return recipe.flip() && key.stream(look, FLIP).nextDouble() < 0.5;
  }

  /**
   * The size of an image.
   *
   * @param height rows
   * @param width columns
   */
  public record Size(int height, int width) {

    /** The largest of an image's aspect whose sides are within bounds. */
    static Size within(int height, int width, double longBound, double shortBound) {
      double scale =
          Math.min(longBound / Math.max(height, width), shortBound / Math.min(height, width));
      return new Size(scaled(height, scale), scaled(width, scale));
    }

    private static int scaled(int side, double scale) {
      return Math.max(1, (int) Math.floor(side * scale + 0.5));
    }
  }

  private Size scaled(Pixels image, Look look) {
    RandomStream random = key.stream(look, SCALE);
    if (!recipe.shortSides().isEmpty()) {
      int drawn = Permutation.below(random, recipe.shortSides().size());
      return Size.within(
          image.height(), image.width(), recipe.longSide(), recipe.shortSides().get(drawn));
    }
    double ratio = between(random, recipe.leastRatio(), recipe.mostRatio());
    return Size.within(
        image.height(), image.width(), recipe.longSide() * ratio, recipe.shortSide() * ratio);
  }

  static double between(RandomStream random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  private Box crop(Size size, Predicate<Box> fits, Look look) {
    if (recipe.crop() == 0) {
      return new Box(0, size.height(), 0, size.width());
    }
    RandomStream random = key.stream(look, CROP);
    Box crop = square(random, size);
    for (int i = 0; i < REDRAWS && !fits.test(crop); i++) {
      crop = square(random, size);
    }
    return crop;
  }

  /** A square of S pixels anywhere in an image, or less of it where the image is smaller. */
  private Box square(RandomStream random, Size size) {
    int top = Permutation.below(random, Math.max(0, size.height() - side) + 1);
    int left = Permutation.below(random, Math.max(0, size.width() - side) + 1);
    return new Box(
        top, Math.min(size.height(), top + side), left, Math.min(size.width(), left + side));
  }

  /** Whether a crop shows several classes, and none of them too often. */
  private boolean isVaried(LabelMap labels, int ignored) {
    if (recipe.largestShare() == 1) {
      return true;
    }
    int[] counts = labels.counts();
    counts[ignored] = 0;
    int classes = 0;
    int most = 0;
    int all = 0;
    for (int count : counts) {
      classes += count > 0 ? 1 : 0;
      most = Math.max(most, count);
      all += count;
    }
    return classes > 1 && most <= recipe.largestShare() * all;
  }
}
