package io.deepincubation.core.method;

import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.recipe.ModelRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageOutcomes;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.core.training.Task;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every stage of a run needs.
 *
 * @param architecture the family of target model, meta model and hybrid networks
 * @param start what networks begin with
 * @param data the images
 * @param folder of the run
 * @param outcomes where results go
 * @param observer told what happens
 * @param attempt which one this is, and where
 */
public record RunContext(
    Architecture architecture,
    StartingWeights start,
    TrainingData data,
    RunFolder folder,
    StageOutcomes outcomes,
    RunObserver observer,
    Attempt attempt) {

  /** A run in this process alone, from random weights. */
  public RunContext(
      Architecture architecture, TrainingData data, RunFolder folder, RunObserver observer) {
    this(
        architecture,
        StartingWeights.random(architecture),
        data,
        folder,
        folder.commits(),
        observer,
        Attempt.HERE);
  }

  /** What stages depend on beside their recipe. */
  public RunInputs inputs() {
    return new RunInputs(data.digest(), start.digest().orElse(null));
  }

  /**
   * What networks are trained to do.
   *
   * @param recipe of a stage
   */
  Task task(Recipe recipe) {
    return Tasks.of(recipe.loss(), data.classes());
  }

  /** What evaluation does to images before a network that was trained by a recipe. */
  PixelTransform transform(Recipe recipe) {
    return Augmentation.evaluation(recipe.augmentation(), (int) architecture.inputShape().get(1));
  }

  /**
   * What {@code config.json} says of a network, its classes and the images that it takes, in timm's
   * words.
   *
   * @param stage that gives the network
   */
  Map<String, Object> configuration(Stage stage) {
    PixelTransform transform = transform(stage.recipe());
    var pretrained = new LinkedHashMap<String, Object>();
    pretrained.put("input_size", List.of(3, transform.side(), transform.side()));
    pretrained.put("interpolation", "bicubic");
    pretrained.put("crop_pct", transform.crop());
    pretrained.put("crop_mode", "center");
    pretrained.put("mean", transform.mean());
    pretrained.put("std", transform.std());
    pretrained.put("num_classes", architecture.classes());
    var configuration = new LinkedHashMap<>(architecture.configuration(stage.named()));
    ModelRecipe model = stage.recipe().model();
    if (!NetworkFamilies.isBuiltIn(model.family())) {
      configuration.put("network", RecipeYaml.tree(model)); // what its family makes it of
    }
    configuration.put("label_names", data.classes().names());
    if (data.classes().labels().areSeveral()) {
      configuration.put("problem_type", "multi_label_classification");
    }
    configuration.put("pretrained_cfg", pretrained);
    return configuration;
  }
}
