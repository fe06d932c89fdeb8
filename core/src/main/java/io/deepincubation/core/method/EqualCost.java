package io.deepincubation.core.method;

import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Epochs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.recipe.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Brings trainings to equal cost: the epochs of one of a recipe's schedules are solved for, so that
 * all of a method's training takes as many operations as are given. Operations are those that are
 * computed ({@link StageCost#computed}), the meta model's pre-training included.
 */
public final class EqualCost {

  /** How far a training may be off its budget, as a share of it. */
  public static final double TOLERANCE = 0.02;

  private static final String INCUBATION = "incubation";
  private static final String END_TO_END = "end-to-end";
  private static final int MOST_EPOCHS = 1 << 24;

  private final int trainImages;
  private final int classes;

  /**
   * Counts on some images.
   *
   * @param trainImages images of the training split
   * @param classes of the images
   */
  public EqualCost(int trainImages, int classes) {
    this.trainImages = trainImages;
    this.classes = classes;
  }

  /** Operations of all of a method's training, nominal and computed. */
  public StageCost of(Method method, Recipe recipe) {
    Architecture architecture = Architectures.of(recipe, classes);
    return new TrainingCost(architecture, trainImages).of(method.stages(recipe));
  }

  /**
   * The recipe with other epochs of the schedule that is a method's own: of incubation where it
   * trains modules by that, else of its last stage of the recipe's image size. The warm-up is
   * scaled along; all other stages keep theirs.
   *
   * @param method how the target model is trained
   * @param recipe all but the epochs
   * @param budget computed operations of the whole training
   * @return the recipe whose cost is nearest to the budget, with an epoch at least
   */
  public Recipe solved(Method method, Recipe recipe, double budget) {
    return solved(method, recipe, budget, ownSchedule(method.stages(recipe)));
  }

  /**
   * The recipe with other epochs of one schedule, its warm-up scaled along.
   *
   * @param method how the target model is trained
   * @param recipe all but the epochs
   * @param budget computed operations of the whole training
   * @param schedule the recipe's key of the schedule, such as {@code fine-tuning}
   * @return the recipe whose cost is nearest to the budget, with an epoch at least
   * @throws UsageException if there is no such schedule
   */
  public Recipe solved(Method method, Recipe recipe, double budget, String schedule) {
    int now = schedule(recipe, schedule).epochs();
    IntToDoubleFunction cost = epochs -> of(method, lasting(recipe, schedule, epochs)).computed();
    int below = 1;
    int above = 2;
    while (above < MOST_EPOCHS && cost.applyAsDouble(above) <= budget) {
      below = above;
      above *= 2;
    }
    while (above - below > 1) {
      int middle = (below + above) / 2;
      if (cost.applyAsDouble(middle) <= budget) {
        below = middle;
      } else {
        above = middle;
      }
    }
    double off = Math.abs(cost.applyAsDouble(below) - budget);
    int nearest = Math.abs(cost.applyAsDouble(above) - budget) < off ? above : below;
    // Epochs that a method rounds to its own may leave several equally near.
    boolean keep =
        now > 0
            && Math.abs(cost.applyAsDouble(now) - budget)
                <= Math.abs(cost.applyAsDouble(nearest) - budget);
    return lasting(recipe, schedule, keep ? now : nearest);
  }

  /**
   * The recipe with all its epochs and warm-ups in proportion, so that Deep Incubation costs as
   * much as is given.
   *
   * @param recipe the proportions
   * @param budget computed operations of all of Deep Incubation
   */
  public Recipe scaled(Recipe recipe, double budget) {
    double factor = budget / of(new DeepIncubation(), recipe).computed();
    return solved(new DeepIncubation(), scaledBy(recipe, factor), budget);
  }

  /**
   * The recipe with a share of a budget for meta pre-training and incubation, in the proportion
   * that they have, and the rest for fine-tuning (Fig. 7). A meta model that the recipe does not
   * pre-train stays so.
   *
   * @param recipe the proportion
   * @param budget computed operations of all of Deep Incubation
   * @param share above 0 and up to 1; with 1 nothing is fine-tuned
   */
  public Recipe sharedOut(Recipe recipe, double budget, double share) {
    var method = new DeepIncubation();
    Recipe untuned = lasting(recipe, "fine-tuning", 0);
    double factor = share * budget / of(method, untuned).computed();
    Recipe shorter = with(untuned, "meta", scaledBy(untuned.meta(), factor));
    Recipe begun = solved(method, shorter, share * budget, INCUBATION);
    return share == 1
        ? begun
        : solved(method, with(begun, "fine-tuning", recipe.fineTuning()), budget, "fine-tuning");
  }

  /**
   * The recipe with all its epochs and warm-ups multiplied; any there are stay an epoch at least,
   * and epochs that are to be of equal cost stay so.
   */
  public static Recipe scaledBy(Recipe recipe, double factor) {
    Recipe scaled = recipe;
    var schedules = new ArrayList<>(List.of("meta", INCUBATION, "fine-tuning", END_TO_END));
    if (recipe.higherResolution().isOn()) {
      schedules.add(HigherResolution.SCHEDULE);
    }
    for (String schedule : schedules) {
      scaled = with(scaled, schedule, scaledBy(schedule(recipe, schedule), factor));
    }
    return recipe.endToEnd().epochs().equals(Epochs.EQUAL) ? equal(scaled) : scaled;
  }

  private static Recipe equal(Recipe recipe) {
    return RecipeYaml.override(recipe, List.of(END_TO_END + ".epochs=" + Epochs.EQUAL));
  }

  private static StageRecipe scaledBy(StageRecipe schedule, double factor) {
    // Halves to the even number: up, they would make all stages longer at once.
    long scaled = Math.max(1, (long) Math.rint(factor * schedule.epochs()));
    return schedule.epochs() == 0 ? schedule : schedule.lasting(Math.toIntExact(scaled));
  }

  /** Whether a cost is as near to a budget as trainings that are compared have to be. */
  public static boolean isEqual(double cost, double budget) {
    return Math.abs(deviation(cost, budget)) <= TOLERANCE;
  }

  /** How far a cost is off a budget, as a share of it; positive where it is above. */
  public static double deviation(double cost, double budget) {
    return (cost - budget) / budget;
  }

  /** The recipe's key of the schedule whose epochs are solved for. */
  public static String ownSchedule(List<Stage> stages) {
    List<String> keys =
        stages.stream()
            .filter(Stage::trains)
            .map(Stage::scheduleKey)
            .filter(key -> !key.equals(HigherResolution.SCHEDULE))
            .toList();
    return keys.contains(INCUBATION) ? INCUBATION : keys.get(keys.size() - 1);
  }

  private static Recipe lasting(Recipe recipe, String schedule, int epochs) {
    return with(recipe, schedule, schedule(recipe, schedule).lasting(epochs));
  }

  private static Recipe with(Recipe recipe, String schedule, StageRecipe lasting) {
    return RecipeYaml.override(
        recipe,
        List.of(
            schedule + ".epochs=" + lasting.epochs(),
            schedule + ".warm-up-epochs=" + lasting.warmUpEpochs()));
  }

  private static StageRecipe schedule(Recipe recipe, String key) {
    return switch (key) {
      case "meta" -> recipe.meta();
      case INCUBATION -> recipe.incubation().stage();
      case "fine-tuning" -> recipe.fineTuning();
      case END_TO_END -> EndToEnd.schedule(recipe);
      case HigherResolution.SCHEDULE -> recipe.higherResolution().stage();
      default ->
          throw new UsageException(
              "Cannot solve for the epochs of "
                  + key
                  + ": expected meta, incubation, fine-tuning, end-to-end or higher-resolution");
    };
  }
}
