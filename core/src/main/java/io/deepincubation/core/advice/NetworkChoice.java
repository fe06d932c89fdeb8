package io.deepincubation.core.advice;

import io.deepincubation.core.advice.RecipeDraft.Base;
import io.deepincubation.core.data.set.ImageSizes;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.recipe.ModelRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Chooses a network for a set and a budget, and how its images are batched and augmented. */
final class NetworkChoice {

  private static final String FAMILY = "model.family";
  private static final String DEPTH = "model.depth";
  private static final String WIDTH = "model.width";
  private static final String MODULES = "division.modules";

  /**
   * A network to choose from.
   *
   * @param epochs worth of the budget that it wants
   */
  private record Size(int depth, int width, double epochs) {

    String why() {
      return epochs == 0
          ? ""
          : String.format(Locale.ROOT, "the largest tried that gets %.0f epochs' worth", epochs);
    }
  }

  /** Epochs' worth of the measurement of 12 layers, 18, with some room. */
  private static final double EPOCHS_OF_FEW_LAYERS = 16;

  /** From the largest; 192 is the paper's narrowest, 24 x 96 and 12 x 96 were measured. */
  private static final List<Size> TRANSFORMERS =
      List.of(
          new Size(24, 768, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(24, 384, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(24, 192, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(24, 128, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(24, 96, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(12, 128, EPOCHS_OF_FEW_LAYERS),
          new Size(12, 96, EPOCHS_OF_FEW_LAYERS),
          new Size(12, 64, 0));

  /** Nine blocks a module, half of the paper's. */
  private static final List<Size> RESIDUAL_NETWORKS =
      List.of(
          new Size(27, 64, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(27, 32, RecipeAdvice.EPOCHS_OF_RANDOM),
          new Size(27, 16, 0));

  /** Channels of a head of narrow transformers; the paper's have 64. */
  private static final int CHANNELS_OF_HEAD = 32;

  /** From this width on, a transformer gets more patches. */
  private static final int WIDE = 192;

  /** Patches in a row: of small images in a narrow network, of either, of large ones in a wide. */
  private static final int FEW = 4;

  private static final int SOME = 8;
  private static final int MANY = 14;

  /** Largest side that is cropped by padding, as CIFAR is. */
  private static final int PADDED = 32;

  /** Largest side that a residual network for small images is given. */
  private static final int RESNET_SIDE = 64;

  private static final int PADDING = 4;

  /** Images of a step: the most, the least, and the steps that an epoch has at least. */
  private static final int LARGEST_BATCH = 128;

  private static final int SMALLEST_BATCH = 16;
  private static final int STEPS_OF_EPOCH = 30;

  /** The rate of a step of {@code cifar100-small} and {@code quickstart}, whatever their batch. */
  private static final double RATE = 1e-3;

  /** Images that a recipe's rate is for. */
  private static final double RATED_BATCH = 512;

  /** The widest network that this rate was tried with. */
  private static final double RATED_WIDTH = 96;

  private final Base base;
  private final ImageSet set;
  private final EqualCost cost;
  private final double budget;

  NetworkChoice(Base base, ImageSet set, EqualCost cost, double budget) {
    this.base = base;
    this.set = set;
    this.cost = cost;
    this.budget = budget;
  }

  /** A network in words, such as {@code ViT, 24 layers of 96 in 4 modules, 16 patches of 8 x 8}. */
  static String words(Recipe recipe) {
    ModelRecipe model = recipe.model();
    String layers =
        String.format(
            Locale.ROOT,
            "%d layers of %d in %d modules",
            model.depth(),
            model.width(),
            recipe.division().modules());
    if (model.family().equals(NetworkFamilies.RESNET)) {
      return "ResNet, " + layers + ", images of " + model.image() + " pixels";
    }
    var tokens = new Tokens(model.image(), model.patch());
    return String.format(
        Locale.ROOT,
        "ViT, %s, images of %d pixels in %d patches of %d",
        layers,
        model.image(),
        tokens.count(),
        model.patch());
  }

  /** What is given and what is chosen: the largest network that the budget trains for long. */
  Choices on(Choices given) {
    Choices common = given.copy();
    batch(common);
    Choices network = common;
    for (Size size : sizes(given)) {
      network = with(common, size);
      if (RecipeAdvice.epochs(cost, network.on(base.recipe()), budget) >= size.epochs()) {
        return network;
      }
    }
    return network;
  }

  /** Networks from the largest to the smallest, of the depth and width that are given. */
  private List<Size> sizes(Choices given) {
    ModelRecipe own = base.recipe().model();
    List<Size> ofBase = List.of(new Size(own.depth(), own.width(), 0));
    List<Size> known = family(given).equals(NetworkFamilies.VIT) ? TRANSFORMERS : RESIDUAL_NETWORKS;
    return (base.keepsNetwork() ? ofBase : known)
        .stream()
            .map(
                size ->
                    new Size(
                        given.givenNumber(DEPTH).orElse(size.depth()),
                        given.givenNumber(WIDTH).orElse(size.width()),
                        size.epochs()))
            .distinct()
            .toList();
  }

  private String family(Choices given) {
    String family = given.text(FAMILY).orElse(base.recipe().model().family());
    if (!NetworkFamilies.hasTimmNames(family)) {
      throw new UsageException(
          "Cannot write a recipe for networks of the family "
              + family
              + ": expected vit or resnet, whose sizes were measured; write one's own by hand");
    }
    return family;
  }

  private void modules(Choices choices, int depth) {
    if (base.keepsNetwork() && !choices.isGiven(DEPTH)) {
      return;
    }
    OptionalInt modules = RecipeAdvice.modules(depth);
    if (modules.isEmpty() && !choices.isGiven(MODULES)) {
      throw new UsageException(
          "Cannot write a recipe: expected a --depth that 2, 3 or 4 modules divide evenly, got "
              + depth
              + "; choose another, or give --set division.modules and --set division.depths");
    }
    modules.ifPresent(k -> choices.choose(MODULES, k, depth / k + " layers a module"));
  }

  private void batch(Choices choices) {
    int images = set.images();
    int own = base.recipe().batch().effectiveSize();
    if (base.keepsNetwork() && images / own >= STEPS_OF_EPOCH) {
      return;
    }
    int size = LARGEST_BATCH;
    while (size > SMALLEST_BATCH && images / size < STEPS_OF_EPOCH) {
      size /= 2;
    }
    choices.choose("batch.size", size, images / size + " steps an epoch");
    choices.choose("batch.accumulation", 1, "");
    if (!base.keepsNetwork()) {
      choices.choose("schedule.unit", "step", "epochs are few");
    }
  }

  private Choices with(Choices common, Size size) {
    Choices choices = common.copy();
    if (!base.keepsNetwork()) {
      choices.choose(DEPTH, size.depth(), size.why());
      choices.choose(WIDTH, size.width(), "");
    }
    if (family(choices).equals(NetworkFamilies.VIT)) {
      modules(choices, size.depth());
      transformer(choices, size.width());
    } else {
      int side = Math.min(RESNET_SIDE, Tokens.side(set.sizes()));
      choices.choose("model.image", side, "");
    }
    augmentation(choices);
    return choices;
  }

  private void transformer(Choices choices, int width) {
    if (!base.keepsNetwork() || choices.isGiven(WIDTH)) {
      choices.choose("model.heads", heads(width), "");
      rate(choices, width);
    }
    boolean small = Tokens.side(set.sizes()) <= RESNET_SIDE;
    int wanted = width >= WIDE ? (small ? SOME : MANY) : small ? FEW : SOME;
    Tokens tokens = Tokens.of(set.sizes(), wanted);
    choices.choose("model.image", tokens.image(), "of images of " + set.sizes() + " pixels");
    int image = choices.number("model.image").orElse(tokens.image());
    int patch = image == tokens.image() ? tokens.patch() : Math.max(1, image / wanted);
    choices.choose("model.patch", patch, new Tokens(image, patch).count() + " patches an image");
  }

  private static int heads(int width) {
    return IntStream.rangeClosed(1, Math.max(1, width / CHANNELS_OF_HEAD))
        .filter(heads -> width % heads == 0)
        .max()
        .orElse(1);
  }

  private void rate(Choices choices, int width) {
    int batch = choices.number("batch.size").orElse(base.recipe().batch().effectiveSize());
    double ofStep = RATE * Math.min(1, RATED_WIDTH / width);
    choices.choose(
        "optimizer.rate",
        ofStep * RATED_BATCH / Math.max(1, batch),
        ofStep + " for a step of " + batch);
  }

  private void augmentation(Choices choices) {
    int image = choices.number("model.image").orElse(0);
    ImageSizes sizes = set.sizes();
    boolean resized = image > PADDED || !sizes.are(image, image);
    choices.choose(
        "augmentation.resized-crop",
        resized,
        resized ? "images are of other sizes, or larger than " + PADDED + " pixels" : "");
    choices.choose("augmentation.crop-padding", resized ? 0 : Math.min(PADDING, image / 8), "");
  }
}
