package io.deepincubation.core.method;

import io.deepincubation.core.data.augment.SceneScales;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.batch.SceneSamples;
import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.SceneForm;
import io.deepincubation.core.detection.LearningRules;
import io.deepincubation.core.detection.ObjectRules;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.DetectionNetwork;
import io.deepincubation.core.network.SegmentationNetwork;
import io.deepincubation.core.network.SlidingWindows;
import io.deepincubation.core.recipe.BestRecipe;
import io.deepincubation.core.recipe.LossRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.SegmentationRecipe;
import io.deepincubation.core.training.Classification;
import io.deepincubation.core.training.Detection;
import io.deepincubation.core.training.MultiLabel;
import io.deepincubation.core.training.Segmentation;
import io.deepincubation.core.training.Task;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What networks are trained to do on some data. */
public final class Tasks {

  private Tasks() {}

  /**
   * What a recipe's networks are trained to do with some data.
   *
   * @param recipe the task and its loss
   * @param architecture of the networks
   * @param data the samples
   * @throws RecipeException if the recipe's class weights are of other classes
   */
  static Task of(Recipe recipe, Architecture architecture, TrainingData data) {
    return switch (recipe.transfer().task()) {
      case NONE -> of(recipe.loss(), data.classes());
      case SEGMENTATION -> segmentation(recipe, (SegmentationNetwork) architecture, data);
      case DETECTION -> detection(recipe, (DetectionNetwork) architecture);
    };
  }

  private static Task segmentation(Recipe recipe, SegmentationNetwork network, TrainingData data) {
    SceneForm form = ((SceneSamples) data.train()).table().form();
    SegmentationRecipe segmentation = recipe.segmentation();
    return new Segmentation(
        network,
        Objects.requireNonNull(form.ignoredLabel()),
        new SlidingWindows(segmentation.window(), segmentation.stride()),
        SceneTransform.of(recipe.scene()),
        SceneScales.ONE);
  }

  private static Task detection(Recipe recipe, DetectionNetwork network) {
    return new Detection(
        network,
        ObjectRules.of(recipe.detection()),
        LearningRules.of(recipe.detection()),
        /* whole= */ recipe.scene().crop() == 0);
  }

  /**
   * To tell the class of each image, or its classes where the data has any number of them.
   *
   * @param loss the recipe's
   * @param classes of the data
   * @throws RecipeException if the recipe's class weights are of other classes
   */
  static Task of(LossRecipe loss, Classes classes) {
    List<Double> weights = loss.classWeights().of(classes.names(), classes.balancedWeights());
    return classes.labels().areSeveral()
        ? new MultiLabel(classes.labels(), loss.labelSmoothing(), weights)
        : new Classification(classes.count(), loss.labelSmoothing(), weights);
  }

  /**
   * Checks before anything is trained that stages can do what their recipes ask for on some data.
   *
   * @throws RecipeException if a stage is not of the recipe's task, is to choose its weights by a
   *     measure that there is not, or class weights are of other classes
   */
  public static void requireFit(List<Stage> stages, Classes classes) {
    for (Stage stage : stages) {
      requireTask(stage);
      BestRecipe best = stage.schedule().best();
      Set<String> measures = measures(stage.recipe(), classes);
      if (best.isOn() && !measures.contains(best.metric())) {
        throw new RecipeException(
            String.format(
                Locale.ROOT,
                "Cannot choose weights by %s.best.metric: expected a measure of %s, one of %s, got"
                    + " %s",
                stage.scheduleKey(),
                name(stage.recipe(), classes),
                String.join(", ", new TreeSet<>(measures)),
                best.metric()));
      }
    }
  }

  private static String name(Recipe recipe, Classes classes) {
    return recipe.transfer().isOn()
        ? recipe.transfer().task().name().toLowerCase(Locale.ROOT)
        : of(recipe.loss(), classes).name();
  }

  private static Set<String> measures(Recipe recipe, Classes classes) {
    return switch (recipe.transfer().task()) {
      case NONE -> of(recipe.loss(), classes).measures();
      case SEGMENTATION -> Segmentation.MEASURES;
      case DETECTION -> Detection.MEASURES;
    };
  }

  private static void requireTask(Stage stage) {
    boolean transfers = stage.scheduleKey().equals(Transfer.SCHEDULE);
    if (transfers != stage.recipe().transfer().isOn()) {
      throw new RecipeException(
          String.format(
              Locale.ROOT,
              "Cannot train %s: expected transfer.task %s; `transfer` trains dense tasks, the other"
                  + " verbs classification",
              stage.name(),
              transfers ? "segmentation or detection, got none" : "none, got another"));
    }
  }
}
