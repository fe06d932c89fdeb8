package io.deepincubation.core.recipe;

import io.deepincubation.core.recipe.ModelRecipe.Family;
import io.deepincubation.core.recipe.OptimizerRecipe.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds all that is wrong with a recipe at once. */
public final class RecipeCheck {

  /** Groups of equal width, and so modules, of a residual network. */
  private static final int RESNET_MODULES = 3;

  private final List<RecipeProblem> problems = new ArrayList<>();

  private RecipeCheck() {}

  /** All problems of a recipe; none if it can be run. */
  public static List<RecipeProblem> problems(Recipe recipe) {
    return Stream.concat(ranges(recipe).stream(), relations(recipe).stream()).toList();
  }

  /**
   * Checks that a recipe can be run.
   *
   * @return the recipe
   * @throws RecipeException with every problem if it cannot
   */
  public static Recipe require(Recipe recipe) {
    List<RecipeProblem> problems = problems(recipe);
    if (!problems.isEmpty()) {
      throw new RecipeException(
          problems.stream()
              .map(problem -> problem.key() + ": " + problem.complaint())
              .collect(Collectors.joining("; ", "Cannot use recipe " + recipe.name() + ": ", "")));
    }
    return recipe;
  }

  /** Problems of single values. */
  static List<RecipeProblem> ranges(Recipe recipe) {
    var check = new RecipeCheck();
    check.that(!recipe.name().isBlank(), "name", "a name", "nothing");
    check.model(recipe.model());
    check.division(recipe.division());
    check.atLeast(1, "batch.size", recipe.batch().size());
    check.atLeast(1, "batch.accumulation", recipe.batch().accumulation());
    check.optimizer(recipe.optimizer());
    check.notNegative("schedule.minimum-rate", recipe.schedule().minimumRate());
    check.notNegative("schedule.warm-up-rate", recipe.schedule().warmUpRate());
    check.belowOne("loss.label-smoothing", recipe.loss().labelSmoothing());
    check.augmentation(recipe.augmentation());
    check.stage("meta", recipe.meta());
    check.stage("incubation", recipe.incubation());
    check.stage("fine-tuning", recipe.fineTuning());
    check.stage("end-to-end", recipe.endToEnd());
    return check.problems;
  }

  /** Problems of values with one another. */
  static List<RecipeProblem> relations(Recipe recipe) {
    var check = new RecipeCheck();
    check.shape(recipe.model());
    check.depths(recipe.model(), recipe.division());
    check.crop(recipe.augmentation());
    check.mixing(recipe.augmentation(), recipe.batch());
    check.warmUp("meta", recipe.meta());
    check.warmUp("incubation", recipe.incubation());
    check.warmUp("fine-tuning", recipe.fineTuning());
    check.warmUp("end-to-end", recipe.endToEnd());
    return check.problems;
  }

  private void model(ModelRecipe model) {
    atLeast(1, "model.depth", model.depth());
    atLeast(1, "model.width", model.width());
    atLeast(1, "model.image", model.image());
    atLeast(0, "model.classes", model.classes());
    if (model.family() == Family.VIT) {
      atLeast(1, "model.heads", model.heads());
      atLeast(1, "model.patch", model.patch());
    }
  }

  private void division(DivisionRecipe division) {
    atLeast(1, "division.modules", division.modules());
    eachAtLeastOne("division.depths", division.depths());
    eachAtLeastOne("division.meta-depths", division.metaDepths());
  }

  private void optimizer(OptimizerRecipe optimizer) {
    that(optimizer.rate() > 0, "optimizer.rate", "a number above 0", optimizer.rate());
    notNegative("optimizer.weight-decay", optimizer.weightDecay());
    belowOne("optimizer.beta1", optimizer.beta1());
    belowOne("optimizer.beta2", optimizer.beta2());
    belowOne("optimizer.momentum", optimizer.momentum());
    if (optimizer.rule() == Rule.SGD) {
      notNegative("optimizer.epsilon", optimizer.epsilon());
    } else {
      double epsilon = optimizer.epsilon();
      that(epsilon > 0, "optimizer.epsilon", "a number above 0", epsilon);
    }
  }

  private void augmentation(AugmentationRecipe augmentation) {
    atLeast(0, "augmentation.crop-padding", augmentation.cropPadding());
    double magnitude = augmentation.randAugment();
    that(
        magnitude >= 0 && magnitude <= 10,
        "augmentation.rand-augment",
        "a magnitude from 0 to 10",
        magnitude);
    belowOne("augmentation.color-jitter", augmentation.colorJitter());
    atLeast(1, "augmentation.repeats", augmentation.repeats());
    notNegative("augmentation.mixup", augmentation.mixup());
    notNegative("augmentation.cutmix", augmentation.cutmix());
    double erasing = augmentation.randomErasing();
    that(
        erasing >= 0 && erasing <= 1,
        "augmentation.random-erasing",
        "a probability from 0 to 1",
        erasing);
  }

  private void stage(String key, StageRecipe stage) {
    atLeast(0, key + ".epochs", stage.epochs());
    atLeast(0, key + ".warm-up-epochs", stage.warmUpEpochs());
    belowOne(key + ".stochastic-depth", stage.stochasticDepth());
    notNegative(key + ".clip-norm", stage.clipNorm());
    that(stage.rateFactor() > 0, key + ".rate-factor", "a number above 0", stage.rateFactor());
  }

  private void shape(ModelRecipe model) {
    if (model.family() != Family.VIT || model.heads() < 1 || model.patch() < 1) {
      return;
    }
    that(
        model.width() % model.heads() == 0,
        "model.heads",
        "a divisor of model.width, " + model.width(),
        model.heads());
    that(
        model.image() % model.patch() == 0,
        "model.patch",
        "a divisor of model.image, " + model.image(),
        model.patch());
  }

  private void depths(ModelRecipe model, DivisionRecipe division) {
    int modules = division.modules();
    if (modules < 1) {
      return;
    }
    if (model.family() == Family.RESNET) {
      that(
          modules == RESNET_MODULES,
          "division.modules",
          "3, the groups of equal width of a residual network",
          modules);
    }
    if (division.depths().isEmpty()) {
      that(
          model.depth() % modules == 0 && model.depth() >= modules,
          "model.depth",
          "a multiple of division.modules, " + modules + ", or explicit division.depths",
          model.depth());
    } else {
      explicitDepths(model.depth(), division);
    }
    if (!division.metaDepths().isEmpty()) {
      sizeIs("division.meta-depths", modules, division.metaDepths());
    }
  }

  private void explicitDepths(int depth, DivisionRecipe division) {
    List<Integer> depths = division.depths();
    sizeIs("division.depths", division.modules(), depths);
    long sum = depths.stream().mapToLong(Integer::longValue).sum();
    that(
        sum == depth,
        "division.depths",
        "depths that sum to model.depth, " + depth,
        depths + ", which sum to " + sum);
  }

  private void crop(AugmentationRecipe augmentation) {
    if (augmentation.resizedCrop()) {
      that(
          augmentation.cropPadding() <= 0,
          "augmentation.crop-padding",
          "0 where augmentation.resized-crop is on",
          augmentation.cropPadding());
    }
  }

  private void mixing(AugmentationRecipe augmentation, BatchRecipe batch) {
    if (augmentation.mixup() > 0 || augmentation.cutmix() > 0) {
      that(
          batch.size() % 2 == 0,
          "batch.size",
          "an even number where mixup or cutmix is on",
          batch.size());
    }
  }

  private void warmUp(String key, StageRecipe stage) {
    that(
        stage.warmUpEpochs() <= Math.max(0, stage.epochs()),
        key + ".warm-up-epochs",
        "at most " + key + ".epochs, " + stage.epochs(),
        stage.warmUpEpochs());
  }

  private void sizeIs(String key, int modules, List<Integer> depths) {
    that(
        depths.size() == modules,
        key,
        "as many depths as division.modules, " + modules,
        depths.size());
  }

  private void eachAtLeastOne(String key, List<Integer> depths) {
    that(depths.stream().allMatch(depth -> depth >= 1), key, "at least 1 layer a module", depths);
  }

  private void atLeast(int least, String key, int got) {
    that(got >= least, key, "a whole number of at least " + least, got);
  }

  private void notNegative(String key, double got) {
    that(got >= 0, key, "a number of at least 0", got);
  }

  private void belowOne(String key, double got) {
    that(got >= 0 && got < 1, key, "a number from 0 to below 1", got);
  }

  private void that(boolean fits, String key, String expected, Object got) {
    if (!fits) {
      problems.add(RecipeProblem.unexpected(key, expected, got));
    }
  }
}
