package io.deepincubation.core.advice;

import io.deepincubation.core.advice.RecipeAdvice.Shares;
import io.deepincubation.core.advice.RecipeAdvice.Verdict;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.method.StageCost;
import io.deepincubation.core.recipe.Epochs;
import io.deepincubation.core.recipe.IncubationRecipe.Start;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A recipe for a prepared set and a budget: what a user gave stays, the rest is chosen, so that all
 * of Deep Incubation takes the budget and end-to-end training as much.
 */
public final class RecipeDraft {

  /**
   * What a recipe extends.
   *
   * @param extending a recipe's name or file, as the new one is to say it
   * @param recipe that this is
   * @param keepsNetwork whether depth, width and modules are its own unless given, rather than
   *     chosen
   */
  public record Base(String extending, Recipe recipe, boolean keepsNetwork) {

    /** The library's small recipe of the family that settings say; its network is chosen anew. */
    public static Base small(List<String> settings) {
      boolean residual = settings.contains("model.family=resnet");
      String name = residual ? "resnet-110-cifar100" : "cifar100-small";
      return new Base(name, Recipes.named(name), false);
    }
  }

  private static final String INCUBATION = "incubation";
  private static final String START = "incubation.start";

  /** Warm-up as a share of a stage's epochs, as the library's recipes have it; none of a few. */
  private static final double WARM_UP = 0.1;

  private static final int FEW_EPOCHS = 3;

  private final Base base;
  private final double budget;
  private final EqualCost cost;
  private final Choices choices;
  private final List<String> reasons = new ArrayList<>();
  private final Recipe recipe;
  private final StageCost total;
  private final Verdict verdict;

  private RecipeDraft(Base base, ImageSet set, Choices given, double budget) {
    this.base = base;
    this.budget = budget;
    cost = new EqualCost(set.images(), set.classes());
    choices = new NetworkChoice(base, set, cost, budget).on(given);
    choices.choose("end-to-end.epochs", Epochs.EQUAL, "as many as cost what the stages above do");
    reasons.add(network(set));
    start();
    epochs();
    recipe = choices.on(base.recipe());
    total = cost.of(new DeepIncubation(), recipe);
    verdict = RecipeAdvice.of(recipe, set.images(), set.classes());
    reasons.add(stages());
  }

  /**
   * Drafts.
   *
   * @param base what the recipe extends
   * @param set that it is for, of images of 4 pixels each way at least
   * @param settings {@code key.path=value} of what is given
   * @param budget computed operations of all of Deep Incubation
   * @throws UsageException if not an epoch of each stage fits into the budget
   * @throws io.deepincubation.core.recipe.RecipeException if what is given fits no recipe
   */
  public static RecipeDraft of(Base base, ImageSet set, List<String> settings, double budget) {
    return new RecipeDraft(base, set, new Choices(settings), budget);
  }

  /**
   * The network alone that a draft would have, with its batches.
   *
   * @param budget computed operations of all of Deep Incubation, about
   */
  public static Recipe network(Base base, ImageSet set, List<String> settings, double budget) {
    var cost = new EqualCost(set.images(), set.classes());
    return new NetworkChoice(base, set, cost, budget).on(new Choices(settings)).on(base.recipe());
  }

  /** A recipe's network in words. */
  public static String words(Recipe recipe) {
    return NetworkChoice.words(recipe);
  }

  private Recipe soFar() {
    return choices.on(base.recipe());
  }

  private void start() {
    int layers = soFar().model().depth();
    double worth = RecipeAdvice.epochs(cost, soFar(), budget);
    Start start = RecipeAdvice.start(layers, worth);
    if (!choices.isGiven(START)) {
      reasons.add(
          "Modules begin "
              + (start == Start.RANDOM ? "at random" : "grown")
              + ": "
              + RecipeAdvice.whyStart(layers, worth));
    }
    RecipeAdvice.smallerNetwork(start, worth).ifPresent(reasons::add);
    choices.choose(START, start.name().toLowerCase(Locale.ROOT), "");
  }

  /**
   * Shares of the budget first, then what rounding left, from the coarsest epochs to the finest.
   */
  private void epochs() {
    Shares shares = RecipeAdvice.shares(soFar().incubation().start());
    epochs("meta", shares.meta());
    epochs(INCUBATION, shares.incubation());
    epochs("fine-tuning", shares.fineTuning());
    requireRoom();
    List.of(INCUBATION, "fine-tuning", "meta").forEach(this::solve);
    warmUp("meta", soFar().meta());
    warmUp(INCUBATION, soFar().incubation().stage());
    warmUp("end-to-end", EndToEnd.schedule(soFar()));
  }

  private void epochs(String stage, double share) {
    double epoch = cost(with(soFar(), stage, 1)) - cost(with(soFar(), stage, 0));
    if (epoch > 0) {
      long epochs = Math.max(1, Math.round(share * budget / epoch));
      choices.choose(stage + ".warm-up-epochs", 0, "");
      choices.choose(stage + ".epochs", epochs, percent(share) + " of the budget");
    }
  }

  private static String percent(double share) {
    return "about " + Math.round(100 * share) + " %";
  }

  private double cost(Recipe drafted) {
    return cost.of(new DeepIncubation(), drafted).computed();
  }

  private void requireRoom() {
    Recipe least = soFar();
    for (String stage : List.of("meta", INCUBATION, "fine-tuning")) {
      least = isChosen(stage) ? with(least, stage, 1) : least;
    }
    if (cost(least) > (1 + EqualCost.TOLERANCE) * budget) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot write a recipe: expected a budget of at least %s, which an epoch of each"
                  + " stage takes, got %s; give more, or a smaller --depth or --width",
              Quantities.flops(cost(least)),
              Quantities.flops(budget)));
    }
  }

  /** Whether a stage's epochs are for this class to choose. */
  private boolean isChosen(String stage) {
    return !choices.isGiven(stage + ".epochs") && choices.of(stage + ".epochs").isPresent();
  }

  private static Recipe with(Recipe recipe, String stage, int epochs) {
    return RecipeYaml.override(
        recipe, List.of(stage + ".warm-up-epochs=0", stage + ".epochs=" + epochs));
  }

  private void solve(String stage) {
    if (isChosen(stage)) {
      Recipe solved = cost.solved(new DeepIncubation(), soFar(), budget, stage);
      String why = choices.of(stage + ".epochs").orElseThrow().why();
      choices.choose(stage + ".epochs", schedule(solved, stage).epochs(), why);
    }
  }

  private static StageRecipe schedule(Recipe recipe, String stage) {
    return switch (stage) {
      case "meta" -> recipe.meta();
      case INCUBATION -> recipe.incubation().stage();
      default -> recipe.fineTuning();
    };
  }

  private void warmUp(String stage, StageRecipe schedule) {
    int epochs = schedule.epochs();
    long warmUp = epochs < FEW_EPOCHS ? 0 : Math.max(1, Math.round(WARM_UP * epochs));
    choices.choose(stage + ".warm-up-epochs", warmUp, "");
  }

  private String network(ImageSet set) {
    return NetworkChoice.words(soFar())
        + String.format(
            Locale.ROOT,
            ", for %,d images of %d classes; the budget is worth %.0f epochs of its end-to-end"
                + " training",
            set.images(),
            set.classes(),
            RecipeAdvice.epochs(cost, soFar(), budget));
  }

  private String stages() {
    return String.format(
        Locale.ROOT,
        "Epochs: %d of the meta model, %d of each module's incubation, %d of fine-tuning: %s of %s",
        recipe.meta().epochs(),
        recipe.incubation().epochs(),
        recipe.fineTuning().epochs(),
        Quantities.flops(total.computed()),
        Quantities.flops(budget));
  }

  /** The recipe, named as its base. */
  public Recipe recipe() {
    return recipe;
  }

  /** Operations of all of its Deep Incubation. */
  public StageCost total() {
    return total;
  }

  /** Operations of its end-to-end training. */
  public StageCost endToEnd() {
    return cost.of(new EndToEnd(), recipe);
  }

  /** Whether Deep Incubation is expected to pay. */
  public Verdict verdict() {
    return verdict;
  }

  /** What was chosen and why, a sentence a line. */
  public List<String> reasons() {
    return List.copyOf(reasons);
  }

  /**
   * The recipe's file: what was given or chosen, the rest as in what it extends.
   *
   * @param head lines of its first comment, without their signs
   */
  public String yaml(List<String> head) {
    return RecipeFile.text(head, base.extending(), choices, recipe);
  }
}
