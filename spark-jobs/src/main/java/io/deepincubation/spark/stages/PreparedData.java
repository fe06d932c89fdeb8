package io.deepincubation.spark.stages;

import io.deepincubation.core.comparison.SetFacts;
import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.batch.Samples;
import io.deepincubation.core.data.batch.SceneSamples;
import io.deepincubation.core.data.batch.TextSamples;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.data.set.TextForm;
import io.deepincubation.core.data.set.TextTable;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.storage.Storage;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A prepared set, of images or of texts, that fits a recipe. */
public final class PreparedData {

  private static final String VALIDATION = "val";

  private final PreparedSet set;
  private final String uri;
  private final Architecture architecture;
  private final Recipe recipe;
  private final @Nullable String tokenizer;

  private PreparedData(PreparedSet set, String uri, Architecture architecture, Recipe recipe) {
    this.recipe = recipe;
    this.set = set;
    this.uri = uri;
    this.architecture = architecture;
    tokenizer = architecture.readsTexts() ? set.tokenizer() : null;
  }

  /**
   * Opens a set's index and checks it; no sample is read yet.
   *
   * @throws UnfitDataException if there is no set, or the recipe expects other samples or classes
   */
  public static PreparedData open(Storage storage, Recipe recipe) {
    PreparedSet set = PreparedSet.open(storage);
    DataIndex index = set.index();
    Architecture architecture = Architectures.of(recipe, index.classNames().size());
    if (recipe.transfer().isOn()) {
      index.requireScenes(storage.uri(), kind(recipe));
    } else if (architecture.readsTexts()) {
      requireTexts(index.requireTexts(storage.uri()), architecture, storage.uri());
    } else {
      requireImages(index.requireImages(storage.uri()), recipe, storage.uri());
    }
    return new PreparedData(set, storage.uri(), architecture, recipe);
  }

  private static SceneKind kind(Recipe recipe) {
    return switch (recipe.transfer().task()) {
      case SEGMENTATION -> SceneKind.SEGMENTATION;
      case DETECTION -> SceneKind.DETECTION;
      case NONE -> throw new IllegalArgumentException("Cannot tell what is annotated for no task");
    };
  }

  private static void requireTexts(TextForm texts, Architecture architecture, String uri) {
    long length = architecture.inputShape().get(0);
    if (texts.vocabulary() > architecture.vocabulary() || texts.length() != length) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot train on %s: the recipe expects texts of %d tokens of a vocabulary up to %d,"
                  + " the data has %d of %d; set model.options.length and model.options.vocabulary,"
                  + " or run `prepare` with --length %2$d --vocabulary %3$d",
              uri,
              length,
              architecture.vocabulary(),
              texts.length(),
              texts.vocabulary()));
    }
  }

  private static void requireImages(ImageSizes sizes, Recipe recipe, String uri) {
    int side = recipe.model().image();
    if (!sizes.are(side, side) && !recipe.augmentation().resizedCrop()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot train on %s: the recipe expects images of %d x %d pixels, the data has %s;"
                  + " set model.image or augmentation.resized-crop, or run `prepare` with"
                  + " --image-size %d",
              uri,
              side,
              side,
              sizes,
              side));
    }
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

  /** Images that training sees. */
  public int trainImages() {
    return set.index().trained();
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
   * The samples: texts are read now, few small images decoded now where the cache has not kept
   * them, others read as they are needed.
   */
  public TrainingData load(LocalImageCache cache) {
    Samples test = samples(testSplit(), cache);
    Samples validation =
        validationSplit().equals(testSplit()) ? test : samples(validationSplit(), cache);
    return new TrainingData(
        samples(ImageSource.TRAIN, cache),
        validation,
        test,
        classes(),
        digest(),
        set.index().texts());
  }

  /**
   * The samples of a split.
   *
   * @param split its name, or nothing for the one that networks are measured on at the end
   * @throws UnfitDataException if there is none of that name
   */
  Samples samples(String split, LocalImageCache cache) {
    String wanted = split(split);
    if (recipe.transfer().isOn()) {
      return new SceneSamples(cache.openScenes(set, wanted, kind(recipe)), recipe.scene());
    }
    return architecture.readsTexts()
        ? new TextSamples(TextTable.of(set, wanted))
        : new ImageSamples(cache.open(set, wanted, recipe.model().image()));
  }

  /** The text of what cuts texts into tokens; nothing where samples are images. */
  Optional<String> tokenizer() {
    return Optional.ofNullable(tokenizer);
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
    return samples(testSplit(), cache).table().labels();
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
