package io.deepincubation.core.method;

import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.recipe.BestRecipe;
import io.deepincubation.core.recipe.LossRecipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.training.Classification;
import io.deepincubation.core.training.MultiLabel;
import io.deepincubation.core.training.Task;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What networks are trained to do on some data. */
public final class Tasks {

  private Tasks() {}

  /**
   * To tell the class of each image, or its classes where the data has any number of them.
   *
   * @param loss the recipe's
   * @param classes of the data
   * @throws RecipeException if the recipe's class weights are of other classes
   */
  public static Task of(LossRecipe loss, Classes classes) {
    List<Double> weights = loss.classWeights().of(classes.names(), classes.balancedWeights());
    return classes.labels().areSeveral()
        ? new MultiLabel(classes.labels(), loss.labelSmoothing(), weights)
        : new Classification(classes.count(), loss.labelSmoothing(), weights);
  }

  /**
   * Checks before anything is trained that stages can do what their recipes ask for on some data.
   *
   * @throws RecipeException if a stage is to choose its weights by a measure that there is not, or
   *     class weights are of other classes
   */
  public static void requireFit(List<Stage> stages, Classes classes) {
    for (Stage stage : stages) {
      Task task = of(stage.recipe().loss(), classes);
      BestRecipe best = stage.schedule().best();
      if (best.isOn() && !task.measures().contains(best.metric())) {
        throw new RecipeException(
            String.format(
                Locale.ROOT,
                "Cannot choose weights by %s.best.metric: expected a measure of %s, one of %s, got"
                    + " %s",
                stage.scheduleKey(),
                task.name(),
                String.join(", ", new TreeSet<>(task.measures())),
                best.metric()));
      }
    }
  }
}
