package io.deepincubation.spark.stages;

import io.deepincubation.core.comparison.SetFacts;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.storage.Storage;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A prepared set that fits a recipe. */
public final class PreparedImages {

  private static final String VALIDATION = "val";

  private final PreparedSet set;
  private final String uri;
  private final Architecture architecture;
  private final int side;

  private PreparedImages(PreparedSet set, String uri, Architecture architecture, int side) {
    this.side = side;
    this.set = set;
    this.uri = uri;
    this.architecture = architecture;
  }

  /**
   * Opens a set's index and checks it; no image is read yet.
   *
   * @throws UnfitDataException if there is no set, or the recipe expects other images or classes
   */
  public static PreparedImages open(Storage storage, Recipe recipe) {
    PreparedSet set = PreparedSet.open(storage);
    DataIndex index = set.index();
    int side = recipe.model().image();
    if (!index.sizes().are(side, side) && !recipe.augmentation().resizedCrop()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot train on %s: the recipe expects images of %d x %d pixels, the data has %s;"
                  + " set model.image or augmentation.resized-crop, or run `prepare` with"
                  + " --image-size %d",
              storage.uri(),
              side,
              side,
              index.sizes(),
              side));
    }
    Architecture architecture = Architectures.of(recipe.model(), index.classNames().size());
    return new PreparedImages(set, storage.uri(), architecture, side);
  }

  /** The networks that the recipe asks for with this set's classes. */
  public Architecture architecture() {
    return architecture;
  }

  /** Where the set lies. */
  String uri() {
    return uri;
  }

  /** SHA-256 of all that the set holds. */
  String digest() {
    return set.index().digest();
  }

  /** Images of the training split. */
  public int trainImages() {
    return Math.toIntExact(set.index().count(ImageSource.TRAIN));
  }

  /** What a comparison needs to know of the set. */
  public SetFacts facts() {
    return new SetFacts(
        uri,
        digest(),
        set.index().digest(testSplit()),
        trainImages(),
        Math.toIntExact(set.index().count(testSplit())),
        classes().count());
  }

  /** The classes. */
  public Classes classes() {
    return set.index().classes();
  }

  /**
   * The images: few small ones decoded now where the cache has not kept them, others read as they
   * are needed.
   */
  public TrainingData load(LocalImageCache cache) {
    ImageTable test = cache.open(set, testSplit(), side);
    ImageTable validation =
        validationSplit().equals(testSplit()) ? test : cache.open(set, validationSplit(), side);
    return new TrainingData(
        cache.open(set, ImageSource.TRAIN, side), validation, test, classes(), digest());
  }

  /**
   * The images of a split.
   *
   * @param split its name, or nothing for the one that networks are measured on at the end
   * @throws UnfitDataException if there is none of that name
   */
  ImageTable images(String split, LocalImageCache cache) {
    return cache.open(set, split(split), side);
  }

  /** A split's name; that of the one that networks are measured on where none is given. */
  String split(String given) {
    return given.isEmpty() ? testSplit() : given;
  }

  /**
   * Checks that each image has one class, which comparisons go by.
   *
   * @throws UnfitDataException if images have any number of classes
   */
  public void requireOneClassEach() {
    if (classes().labels().areSeveral()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot compare methods on %s: expected images of one class each, got images of any"
                  + " number of classes; `run` and `baseline` train on them",
              uri));
    }
  }

  /** The classes of the images that accuracy is measured on, in their order. */
  public int[] testLabels(LocalImageCache cache) {
    ImageTable test = cache.open(set, testSplit(), side);
    return IntStream.range(0, test.size()).map(test::label).toArray();
  }

  /**
   * Checks that accuracy can be measured.
   *
   * @throws UnfitDataException if there is neither a split test nor val
   */
  public void requireTestSplit() {
    testSplit();
  }

  /** What curves are of and choices are made by. */
  private String validationSplit() {
    return set.index().count(VALIDATION) > 0 ? VALIDATION : testSplit();
  }

  private String testSplit() {
    return Stream.of(ImageSource.TEST, VALIDATION)
        .filter(set.splits()::contains)
        .findFirst()
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "Cannot measure accuracy on %s: expected a split test or val, got %s",
                        uri,
                        set.splits())));
  }
}
