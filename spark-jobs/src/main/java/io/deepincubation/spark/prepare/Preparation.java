package io.deepincubation.spark.prepare;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.recipe.UsageException;
import java.io.Serializable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is made of what.
 *
 * @param from URI of the folder of the images, or a table's name
 * @param to URI of the folder of the training set
 * @param format how the images come
 * @param columns of a table
 * @param fitting what is done to images
 * @param texts how texts become tokens; null where samples are images
 * @param scenes what is annotated on images of a dense task; null where samples have labels
 * @param testFraction of the training images, 0 to below 1, that become the test split where the
 *     source has none
 * @param validationFraction of the training images, 0 to below 1, that become the split {@code val}
 *     where the source has none
 * @param subset the training images that are taken
 * @param shardSize images of a shard, about
 * @param maxRejected highest fraction of the images that may be unreadable
 * @param seed decides order, subset and the splits that are set aside
 * @param replace whether another set in the folder may be replaced
 */
@Evolving
public record Preparation(
    String from,
    String to,
    SourceFormat format,
    Columns columns,
    ImageFitting fitting,
    @Nullable Texts texts,
    @Nullable Scenes scenes,
    double testFraction,
    double validationFraction,
    Subset subset,
    int shardSize,
    double maxRejected,
    long seed,
    boolean replace)
    implements Serializable {

  private static final int DEFAULT_SHARD_SIZE = 5000;
  private static final double DEFAULT_MAX_REJECTED = 0.001;
  private static final long DEFAULT_SEED = 42;

  /** Checks the numbers. */
  public Preparation {
    check(shardSize >= 1, "a shard size from 1", shardSize);
    check(isFraction(testFraction) && testFraction < 1, "a test fraction below 1", testFraction);
    check(
        isFraction(validationFraction) && testFraction + validationFraction < 1,
        "a validation fraction that leaves images to train on",
        validationFraction);
    check(isFraction(maxRejected), "a highest rejected fraction from 0 to 1", maxRejected);
    check(
        isFraction(subset.fraction()) && subset.fraction() > 0,
        "a fraction above 0, up to 1",
        subset.fraction());
    check(
        scenes == null || !subset.byClass(),
        "a part of all images of a dense task",
        "one of each class");
    check(
        scenes == null || fitting.square() == 0,
        "--shorter-side for images of a dense task",
        "--image-size");
    check(subset.imagesPerClass() >= 0, "images per class from 1", subset.imagesPerClass());
  }

  private static boolean isFraction(double number) {
    return number >= 0 && number <= 1;
  }

  private static void check(boolean fits, String expected, Object got) {
    if (!fits) {
      throw new UsageException(
          "Cannot prepare a training set: expected " + expected + ", got " + got);
    }
  }

  /** Images as they are, 5000 a shard, in a format that is found out. */
  public static Preparation of(String from, String to) {
    return new Preparation(
        from,
        to,
        SourceFormat.AUTO,
        Columns.USUAL,
        ImageFitting.NONE,
        null,
        null,
        0,
        0,
        Subset.ALL,
        DEFAULT_SHARD_SIZE,
        DEFAULT_MAX_REJECTED,
        DEFAULT_SEED,
        /* replace= */ false);
  }

  /** The same with images of another format. */
  public Preparation format(SourceFormat other) {
    return with(parts -> parts.format = other);
  }

  /** The same with other names of columns. */
  public Preparation columns(Columns other) {
    return with(parts -> parts.columns = other);
  }

  /** The same with images fitted otherwise. */
  public Preparation fitting(ImageFitting other) {
    return with(parts -> parts.fitting = other);
  }

  /** The same with texts instead of images. */
  public Preparation texts(Texts other) {
    return with(parts -> parts.texts = other);
  }

  /** The same with images of a dense task. */
  public Preparation scenes(Scenes other) {
    return with(parts -> parts.scenes = other);
  }

  /** The same with so many training images set aside as the test split. */
  public Preparation testFraction(double other) {
    return with(parts -> parts.testFraction = other);
  }

  /** The same with so many training images set aside as the split {@code val}. */
  public Preparation validationFraction(double other) {
    return with(parts -> parts.validationFraction = other);
  }

  /** The same with another part of the training images. */
  public Preparation subset(Subset other) {
    return with(parts -> parts.subset = other);
  }

  /** The same with this many images a shard. */
  public Preparation shardSize(int images) {
    return with(parts -> parts.shardSize = images);
  }

  /** The same with another fraction of unreadable images allowed. */
  public Preparation maxRejected(double fraction) {
    return with(parts -> parts.maxRejected = fraction);
  }

  /** The same in another order. */
  public Preparation seed(long other) {
    return with(parts -> parts.seed = other);
  }

  /** The same in place of another set, if there is one. */
  public Preparation replacing() {
    return with(parts -> parts.replace = true);
  }

  private Preparation with(Consumer<Parts> change) {
    var parts = new Parts(this);
    change.accept(parts);
    return new Preparation(
        from,
        to,
        parts.format,
        parts.columns,
        parts.fitting,
        parts.texts,
        parts.scenes,
        parts.testFraction,
        parts.validationFraction,
        parts.subset,
        parts.shardSize,
        parts.maxRejected,
        parts.seed,
        parts.replace);
  }

  /** What may be changed, one at a time. */
  private static final class Parts {

    private SourceFormat format;
    private Columns columns;
    private ImageFitting fitting;
    private @Nullable Texts texts;
    private @Nullable Scenes scenes;
    private double testFraction;
    private double validationFraction;
    private Subset subset;
    private int shardSize;
    private double maxRejected;
    private long seed;
    private boolean replace;

    Parts(Preparation all) {
      format = all.format;
      columns = all.columns;
      fitting = all.fitting;
      texts = all.texts;
      scenes = all.scenes;
      testFraction = all.testFraction;
      validationFraction = all.validationFraction;
      subset = all.subset;
      shardSize = all.shardSize;
      maxRejected = all.maxRejected;
      seed = all.seed;
      replace = all.replace;
    }
  }
}
