package io.deepincubation.core.recipe;

import io.deepincubation.core.network.DetectionHead;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.network.NetworkFamily;
import io.deepincubation.core.recipe.IncubationRecipe.Start;
import io.deepincubation.core.recipe.OptimizerRecipe.Rule;
import java.lang.annotation.Annotation;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** Finds all that is wrong with a recipe at once. */
final class RecipeCheck {

  /** Groups of equal width, and so modules, of a residual network. */
  private static final int RESNET_MODULES = 3;

  private final List<RecipeProblem> problems = new ArrayList<>();

  private RecipeCheck() {}

  /** Problems of single values. */
  static List<RecipeProblem> ranges(Recipe recipe) {
    var check = new RecipeCheck();
    check.ranges(recipe, "");
    return check.problems;
  }

  /** Problems of values with one another. */
  static List<RecipeProblem> relations(Recipe recipe) {
    var check = new RecipeCheck();
    check.family(recipe);
    check.shape(recipe.model());
    check.depths(recipe.model(), recipe.division());
    check.epsilon(recipe.optimizer());
    check.crop(recipe.augmentation());
    check.mixing(recipe);
    check.warmUp("meta", recipe.meta());
    check.warmUp("incubation", recipe.incubation().stage());
    check.warmUp("fine-tuning", recipe.fineTuning());
    check.warmUp("end-to-end", recipe.endToEnd().stage(recipe.endToEnd()::warmUpEpochs));
    check.best("meta", recipe.meta().best());
    check.best("incubation", recipe.incubation().best());
    check.best("fine-tuning", recipe.fineTuning().best());
    check.best("end-to-end", recipe.endToEnd().best());
    check.workers("meta", recipe.meta(), recipe);
    check.workers("incubation", recipe.incubation().stage(), recipe);
    check.workers("fine-tuning", recipe.fineTuning(), recipe);
    check.workers("end-to-end", recipe.endToEnd().stage(recipe.endToEnd()::warmUpEpochs), recipe);
    check.higherResolution(recipe);
    check.local(recipe.local());
    check.transfer(recipe);
    return check.problems;
  }

  private void ranges(Record group, String prefix) {
    for (RecordComponent component : group.getClass().getRecordComponents()) {
      String key = prefix + Names.kebab(component.getName());
      Object value = RecipeBinder.value(component, group);
      if (value instanceof Record inner) {
        ranges(inner, key + ".");
      }
      for (Annotation rule : component.getAnnotations()) {
        Rules.broken(rule, value).ifPresent(expected -> report(key, expected, value));
      }
    }
  }

  private void epsilon(OptimizerRecipe optimizer) {
    double epsilon = optimizer.epsilon();
    if (optimizer.rule() == Rule.SGD) {
      that(epsilon >= 0, "optimizer.epsilon", "a number of at least 0", epsilon);
    } else {
      that(epsilon > 0, "optimizer.epsilon", "a number above 0", epsilon);
    }
  }

  private void family(Recipe recipe) {
    ModelRecipe model = recipe.model();
    if (NetworkFamilies.hasTimmNames(model.family())) {
      that(
          model.options().isEmpty(),
          "model.options",
          "none for the family " + model.family(),
          model.options());
      return;
    }
    try {
      NetworkFamilies.find(model.family())
          .ifPresentOrElse(family -> brought(family, recipe), () -> unknown(model.family()));
    } catch (IllegalArgumentException e) {
      report("model.family", "a family that can be loaded", String.valueOf(e.getMessage()));
    }
  }

  private void unknown(String family) {
    report(
        "model.family",
        "one of "
            + String.join(", ", NetworkFamilies.names())
            + " (--jars adds a jar that brings others)",
        family);
  }

  /** A family that makes its networks of options. */
  private void brought(NetworkFamily family, Recipe recipe) {
    ModelRecipe model = recipe.model();
    try {
      if (family.architecture(model.size(Math.max(1, model.classes()))).readsTexts()) {
        ofTexts(recipe.augmentation());
      }
    } catch (IllegalArgumentException e) {
      problems.add(new RecipeProblem("model", String.valueOf(e.getMessage())));
    }
    that(
        family.tellsLayers() || recipe.incubation().start() == Start.RANDOM,
        "incubation.start",
        "random for the family " + family.name() + ", whose layers are not told apart",
        Names.kebab(recipe.incubation().start()));
  }

  private void ofTexts(AugmentationRecipe augmentation) {
    for (RecordComponent component : AugmentationRecipe.class.getRecordComponents()) {
      Object none = RecipeBinder.value(component, AugmentationRecipe.NONE);
      Object value = RecipeBinder.value(component, augmentation);
      String key = "augmentation." + Names.kebab(component.getName());
      that(value.equals(none), key, none + " for texts, which are not augmented", value);
    }
  }

  private void shape(ModelRecipe model) {
    if (model.family().equals(NetworkFamilies.VIT)) {
      divisor("model.heads", model.heads(), "model.width", model.width());
      divisor("model.patch", model.patch(), "model.image", model.image());
    }
  }

  private void divisor(String key, int got, String wholeKey, int whole) {
    if (got < 1) {
      report(key, "a whole number of at least 1", got);
    } else {
      that(whole % got == 0, key, "a divisor of " + wholeKey + ", " + whole, got);
    }
  }

  private void depths(ModelRecipe model, DivisionRecipe division) {
    int modules = division.modules();
    if (modules < 1) {
      return;
    }
    if (model.family().equals(NetworkFamilies.RESNET)) {
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

  private void mixing(Recipe recipe) {
    if (recipe.pairsImages()) {
      that(
          recipe.batch().size() % 2 == 0,
          "batch.size",
          "an even number where mixup or cutmix is on",
          recipe.batch().size());
    }
  }

  private void local(LocalRecipe local) {
    int ends = Math.min(local.lambda1().size(), local.lambda2().size());
    for (int end = 0; end < ends; end++) {
      that(
          local.lambda1().get(end) + local.lambda2().get(end) > 0,
          "local.lambda2",
          "numbers above 0 where those of local.lambda1 are 0, " + local.lambda1(),
          local.lambda2());
    }
  }

  private void warmUp(String key, StageRecipe stage) {
    that(
        stage.warmUpEpochs() <= Math.max(0, stage.epochs()),
        key + ".warm-up-epochs",
        "at most " + key + ".epochs, " + stage.epochs(),
        stage.warmUpEpochs());
  }

  private void best(String key, BestRecipe best) {
    that(
        best.isOn() || best.equals(BestRecipe.NONE),
        key + ".best.metric",
        "a measure such as top1 where other keys of " + key + ".best are given",
        "nothing");
  }

  /** What a stage of several workers asks of the rest of the recipe. */
  private void workers(String key, StageRecipe stage, Recipe recipe) {
    int workers = stage.workers();
    if (workers <= 1) {
      return;
    }
    that(
        recipe.batch().size() % recipe.batchUnit(workers) == 0,
        key + ".workers",
        "workers that divide batch.size, "
            + recipe.batch().size()
            + (recipe.pairsImages() ? ", into even parts, since mixup or cutmix pairs images" : ""),
        workers);
    that(
        !recipe.ema().isOn(),
        key + ".workers",
        "1 where ema.decay is on: an average of every step needs them in one place",
        workers);
    that(
        !stage.best().isOn(),
        key + ".workers",
        "1 where " + key + ".best.metric is given: workers are measured at the end alone",
        workers);
  }

  private void higherResolution(Recipe recipe) {
    HigherResolutionRecipe higher = recipe.higherResolution();
    if (!higher.isOn()) {
      return;
    }
    ModelRecipe model = recipe.model();
    that(
        NetworkFamilies.hasTimmNames(model.family()),
        "higher-resolution.image",
        "0 for the family " + model.family() + ", whose networks take one size alone",
        higher.image());
    if (model.family().equals(NetworkFamilies.VIT) && model.patch() > 0) {
      that(
          higher.image() % model.patch() == 0,
          "higher-resolution.image",
          "a multiple of model.patch, " + model.patch(),
          higher.image());
    }
    that(
        higher.image() != model.image(),
        "higher-resolution.image",
        "another size than model.image, " + model.image(),
        higher.image());
    warmUp("higher-resolution", higher.stage());
    best("higher-resolution", higher.best());
    workers("higher-resolution", higher.stage(), recipe);
  }

  private void transfer(Recipe recipe) {
    TransferRecipe transfer = recipe.transfer();
    warmUp("transfer", transfer.stage());
    best("transfer", transfer.best());
    if (!transfer.isOn()) {
      return;
    }
    ModelRecipe model = recipe.model();
    that(
        model.family().equals(NetworkFamilies.VIT),
        "transfer.task",
        "none for the family " + model.family() + ": dense tasks take vision transformers",
        Names.kebab(transfer.task()));
    scene(recipe.scene(), model);
    switch (transfer.task()) {
      case NONE -> {}
      case SEGMENTATION -> segmentation(recipe);
      case DETECTION -> detection(recipe);
    }
    workers("transfer", transfer.stage(), recipe);
  }

  private void scene(SceneRecipe scene, ModelRecipe model) {
    that(
        model.patch() < 1 || scene.crop() % model.patch() == 0,
        "scene.crop",
        "a multiple of model.patch, " + model.patch(),
        scene.crop());
    that(
        scene.leastRatio() <= scene.mostRatio(),
        "scene.least-ratio",
        "at most scene.most-ratio, " + scene.mostRatio(),
        scene.leastRatio());
  }

  private void segmentation(Recipe recipe) {
    that(
        recipe.scene().crop() > 0,
        "scene.crop",
        "a side of at least 1 pixel for segmentation",
        recipe.scene().crop());
    taps("segmentation.taps", recipe.segmentation().taps(), recipe.model());
  }

  private void detection(Recipe recipe) {
    DetectionRecipe detection = recipe.detection();
    SceneRecipe scene = recipe.scene();
    taps("detection.taps", detection.taps(), recipe.model());
    that(
        recipe.model().patch() < 1 || DetectionNetwork.hasWholeStrides(recipe.model().patch()),
        "model.patch",
        "an even side, from 12 on a multiple of 4, for detection",
        recipe.model().patch());
    that(
        detection.levels() <= DetectionHead.MOST_LEVELS,
        "detection.levels",
        "at most " + DetectionHead.MOST_LEVELS,
        detection.levels());
    that(
        detection.foreground() <= detection.regions(),
        "detection.foreground",
        "at most detection.regions, " + detection.regions(),
        detection.foreground());
    that(
        scene.crop() > 0 || scene.mostRatio() <= 1 || !scene.shortSides().isEmpty(),
        "scene.most-ratio",
        "at most 1 where scene.crop is 0: whole images stay within scene.long-side",
        scene.mostRatio());
  }

  private void taps(String key, List<Integer> taps, ModelRecipe model) {
    that(
        taps.isEmpty() || taps.get(taps.size() - 1) == model.depth(),
        key,
        "the last of them to be the last layer, " + model.depth(),
        taps);
  }

  private void sizeIs(String key, int modules, List<Integer> depths) {
    that(
        depths.size() == modules,
        key,
        "as many depths as division.modules, " + modules,
        depths.size());
  }

  private void that(boolean fits, String key, String expected, Object got) {
    if (!fits) {
      report(key, expected, got);
    }
  }

  private void report(String key, String expected, Object got) {
    Object described = got instanceof String text && text.isBlank() ? "nothing" : got;
    problems.add(RecipeProblem.unexpected(key, expected, described));
  }
}
