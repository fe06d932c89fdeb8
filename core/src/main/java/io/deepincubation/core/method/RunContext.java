package io.deepincubation.core.method;

import io.deepincubation.core.data.augment.Augmentation;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.PixelTransform;
import io.deepincubation.core.data.set.TextForm;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.NetworkFamilies;
import io.deepincubation.core.recipe.ModelRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.TransferRecipe;
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
 * @param data the samples
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
    return Tasks.of(recipe, architecture, data);
  }

  /**
   * What {@code config.json} says of a network, its classes and the samples that it takes; of
   * images in timm's words.
   *
   * @param stage that gives the network
   */
  Map<String, Object> configuration(Stage stage) {
    Architecture network = stage.architecture(architecture);
    var configuration = new LinkedHashMap<>(network.configuration(stage.named()));
    ModelRecipe model = stage.recipe().model();
    if (!NetworkFamilies.hasTimmNames(model.family())) {
      configuration.put(
          "network", RecipeYaml.tree(model.at(stage.image()))); // what its family makes it of
    }
    configuration.put("label_names", data.classes().names());
    if (data.classes().labels().areSeveral()) {
      configuration.put("problem_type", "multi_label_classification");
    }
    TextForm texts = data.texts();
    if (stage.recipe().transfer().isOn()) {
      configuration.put("scene", ofScenes(stage.recipe()));
      if (stage.recipe().transfer().task() == TransferRecipe.Task.DETECTION) {
        configuration.put("detection", RecipeYaml.tree(stage.recipe().detection()));
      }
    } else if (texts == null) {
      configuration.put("pretrained_cfg", ofImages(stage));
    } else {
      configuration.put(
          "tokenizer", Map.of("max_length", texts.length(), "sha256", texts.tokenizer()));
    }
    return configuration;
  }

  /** How images of a dense task become inputs, and what windows they are looked at through. */
  private static Map<String, Object> ofScenes(Recipe recipe) {
    var scene = new LinkedHashMap<String, Object>();
    scene.put("long_side", recipe.scene().longSide());
    scene.put("short_side", recipe.scene().shortSide());
    if (recipe.transfer().task() == TransferRecipe.Task.SEGMENTATION) {
      scene.put("window", recipe.segmentation().window());
      scene.put("stride", recipe.segmentation().stride());
    }
    scene.put("mean", Normalization.IMAGENET_MEAN);
    scene.put("std", Normalization.IMAGENET_STD);
    return scene;
  }

  private Map<String, Object> ofImages(Stage stage) {
    PixelTransform transform =
        Augmentation.evaluation(stage.recipe().augmentation(), stage.image());
    var pretrained = new LinkedHashMap<String, Object>();
    pretrained.put("input_size", List.of(3, transform.side(), transform.side()));
    pretrained.put("interpolation", "bicubic");
    pretrained.put("crop_pct", transform.crop());
    pretrained.put("crop_mode", "center");
    pretrained.put("mean", transform.mean());
    pretrained.put("std", transform.std());
    pretrained.put("num_classes", architecture.classes());
    return pretrained;
  }
}
