package io.deepincubation.core.advice;

import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.recipe.IncubationRecipe.Start;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The rules that recipes of one's own are written and judged by. Each constant names the
 * measurement that it rests on: those of this library are of small vision transformers at equal
 * cost, in the table of docs/recipes.md. What was not measured is not expected to pay.
 *
 * <p>Budgets are told in epochs: so many of end-to-end training would cost what all of Deep
 * Incubation does.
 */
public final class RecipeAdvice {

  /**
   * Layers from which modules of fresh weights paid: {@code cifar100-small} has 24 and is 3 points
   * better than end-to-end training; with 12 they were 8 points worse.
   */
  static final int LAYERS_OF_RANDOM = 24;

  /** Epochs' worth from which they paid at that depth: {@code cifar100-small} has 49. */
  static final double EPOCHS_OF_RANDOM = 45;

  /** Layers from which they paid for long trainings: the paper's ViT-B (Tab. 1). */
  static final int LAYERS_OF_PAPER = 12;

  /** Epochs' worth of long trainings: the paper's have 300 to 450, with some room. */
  static final double EPOCHS_OF_PAPER = 250;

  /**
   * Layers from which grown modules paid: 12 layers of 96 on 5,000 images were better than
   * end-to-end training, by 3.5 points on CIFAR-10 and by 2.1 on Fashion-MNIST.
   */
  static final int LAYERS_OF_GROWN = 12;

  /**
   * Epochs' worth from which they paid: 24 layers on 10,000 images of CIFAR-100 reached 16.9 %
   * where end-to-end training of 5 epochs reached 9.3 %; 12 layers were measured at 18.
   */
  static final double EPOCHS_OF_GROWN = 5;

  /**
   * Share of the budget that the meta model must have for grown modules to pay: with 0.40 they were
   * 3.5 points better than end-to-end training, with 0.62 4.1 points, with 0.17 2.0 points worse.
   */
  static final double META_OF_GROWN = 0.35;

  /**
   * The same of deep networks: with 24 layers, 18 epochs' worth and 0.19, grown modules were 3.8
   * points better than end-to-end training, and copied ones 3.5 (three seeds).
   */
  static final double META_OF_DEEP = 0.18;

  /** Layers of that measurement. */
  static final int LAYERS_OF_DEEP = 24;

  /** Its epochs' worth, 17.7. */
  static final double EPOCHS_OF_COPIED = 17;

  /** Layers of a module: 3 in the measurement of 12 layers, 6 in that of 24. */
  static final int LAYERS_OF_MODULE = 3;

  /** K of all measurements, and of the paper's networks of 12 to 128 layers. */
  static final int MOST_MODULES = 4;

  /** What each stage takes where modules begin at random: {@code cifar100-small}. */
  static final Shares RANDOM = new Shares(0.15, 0.56, 0.29);

  /**
   * What each stage takes where they are grown: the measurement of 0.40, 45.6 %. Less incubation
   * for more fine-tuning (0.41, 0.08, 0.51) was as good within chance, 46.3 %, but trains less of
   * it on its own.
   */
  static final Shares GROWN = new Shares(0.40, 0.32, 0.28);

  /**
   * What stages take of a budget.
   *
   * @param meta of pre-training, 0 to 1
   * @param incubation of all modules
   * @param fineTuning of the assembled model
   */
  record Shares(double meta, double incubation, double fineTuning) {}

  /**
   * Whether a recipe's Deep Incubation is expected to be better than end-to-end training of equal
   * cost.
   *
   * @param pays whether it is
   * @param why the reasons, each a part of a sentence
   */
  public record Verdict(boolean pays, List<String> why) {

    /** Copies. */
    public Verdict {
      why = List.copyOf(why);
    }

    /** The method that is advised: {@code deep-incubation} or {@code end-to-end}. */
    public String advice() {
      return pays ? DeepIncubation.NAME : "end-to-end";
    }
  }

  private RecipeAdvice() {}

  /**
   * Judges a recipe by its own budget.
   *
   * @param images of the training split, at least 1
   * @param classes of them
   */
  public static Verdict of(Recipe recipe, int images, int classes) {
    var cost = new EqualCost(images, classes);
    double budget = cost.of(new DeepIncubation(), recipe).computed();
    double epochs = epochs(cost, recipe, budget);
    double meta = ofMeta(cost, recipe) / budget;
    int layers = recipe.model().depth();
    return switch (recipe.incubation().start()) {
      case RANDOM -> random(layers, epochs);
      case STACKED ->
          begun("modules of copied layers", LAYERS_OF_DEEP, EPOCHS_OF_COPIED, layers, epochs, meta);
      case GROWN -> begun("grown modules", LAYERS_OF_GROWN, EPOCHS_OF_GROWN, layers, epochs, meta);
    };
  }

  private static Verdict random(int layers, double epochs) {
    return epochs < EPOCHS_OF_PAPER
        ? random(LAYERS_OF_RANDOM, EPOCHS_OF_RANDOM, layers, epochs)
        : random(LAYERS_OF_PAPER, EPOCHS_OF_PAPER, layers, epochs);
  }

  private static Verdict random(int leastLayers, double leastEpochs, int layers, double epochs) {
    var against = new ArrayList<String>();
    require(layers, leastLayers, against);
    requireEpochs(epochs, leastEpochs, against);
    String rule = rule("modules of fresh weights", leastLayers, leastEpochs);
    return verdict(rule, against);
  }

  /** Of modules that begin as their meta modules are. */
  private static Verdict begun(
      String modules, int leastLayers, double leastEpochs, int layers, double epochs, double meta) {
    var against = new ArrayList<String>();
    require(layers, leastLayers, against);
    requireEpochs(epochs, leastEpochs, against);
    double leastMeta =
        layers >= LAYERS_OF_DEEP && epochs >= EPOCHS_OF_COPIED ? META_OF_DEEP : META_OF_GROWN;
    if (meta < leastMeta) {
      against.add(
          String.format(
              Locale.ROOT,
              "the meta model gets %.0f %% of it, less than %.0f %%",
              100 * meta,
              100 * leastMeta));
    }
    return verdict(rule(modules, leastLayers, leastEpochs), against);
  }

  private static String rule(String modules, int layers, double epochs) {
    return String.format(
        Locale.ROOT,
        "%s were seen to pay from %d layers and a budget worth %.0f epochs of end-to-end training"
            + " on",
        modules,
        layers,
        epochs);
  }

  private static Verdict verdict(String rule, List<String> against) {
    return against.isEmpty()
        ? new Verdict(true, List.of(rule))
        : new Verdict(false, List.of(rule + "; here " + String.join(", and ", against)));
  }

  private static void require(int layers, int least, List<String> against) {
    if (layers < least) {
      against.add(layers + " layers are fewer");
    }
  }

  private static void requireEpochs(double epochs, double least, List<String> against) {
    if (epochs < least) {
      against.add(String.format(Locale.ROOT, "the budget is worth %.0f", epochs));
    }
  }

  /**
   * What is to be said where Deep Incubation is not expected to pay, with what to try.
   *
   * @param images of the training split, at least 1
   * @param classes of them
   * @return a line, or none
   */
  public static List<String> warnings(Recipe recipe, int images, int classes) {
    Verdict verdict = of(recipe, images, classes);
    String remedy =
        recipe.incubation().start() == Start.GROWN ? "" : "incubation.start=grown with ";
    return verdict.pays()
        ? List.of()
        : List.of(
            String.join("; ", verdict.why())
                + "; try "
                + remedy
                + "more meta.epochs, a recipe of `init`, or `baseline --method e2e`");
  }

  /** Epochs of end-to-end training that a budget of computed operations is worth. */
  static double epochs(EqualCost cost, Recipe recipe, double budget) {
    Recipe once =
        RecipeYaml.override(recipe, List.of("end-to-end.epochs=1", "end-to-end.warm-up-epochs=0"));
    return budget / cost.of(new EndToEnd(), once).computed();
  }

  private static double ofMeta(EqualCost cost, Recipe recipe) {
    Recipe alone =
        RecipeYaml.override(
            recipe,
            List.of(
                "incubation.epochs=0",
                "incubation.warm-up-epochs=0",
                "fine-tuning.epochs=0",
                "fine-tuning.warm-up-epochs=0"));
    return cost.of(new DeepIncubation(), alone).computed();
  }

  /** How modules should begin: at random, as in the paper, where that was seen to pay. */
  static Start start(int layers, double epochs) {
    return random(layers, epochs).pays() ? Start.RANDOM : Start.GROWN;
  }

  /** Why modules should begin so. */
  static String whyStart(int layers, double epochs) {
    return random(layers, epochs).why().get(0);
  }

  /** What is to be said of a network that may be too large for its budget. */
  static Optional<String> smallerNetwork(Start start, double epochs) {
    return start == Start.GROWN && epochs < EPOCHS_OF_RANDOM
        ? Optional.of(
            "At such a budget try a network of the meta model's few layers, too: on 5,000 images of"
                + " CIFAR-10, 4 layers trained end to end for all of it reached 49.6 %, 12 layers"
                + " 44.8 % by Deep Incubation and 41.9 % end to end")
        : Optional.empty();
  }

  /** What stages should take. */
  static Shares shares(Start start) {
    return start == Start.GROWN ? GROWN : RANDOM;
  }

  /**
   * K for a transformer: the most modules of layers enough that divide them evenly.
   *
   * @return empty where no K above 1 does
   */
  static OptionalInt modules(int layers) {
    int most = Math.min(MOST_MODULES, Math.max(2, layers / LAYERS_OF_MODULE));
    return IntStream.rangeClosed(2, most).filter(k -> layers % k == 0).max();
  }
}
