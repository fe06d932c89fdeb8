package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.core.training.TaskPlace;
import java.util.function.Consumer;

/**
 * What every stage of a run needs.
 *
 * @param recipe the hyper-parameters
 * @param architecture the family of target model, meta model and hybrid networks
 * @param data the images
 * @param folder where results are committed
 * @param progress told once a logging interval
 * @param place which attempt this is, and where
 */
public record RunContext(
    Recipe recipe,
    Architecture architecture,
    TrainingData data,
    RunFolder folder,
    Consumer<StageProgress> progress,
    TaskPlace place) {

  /** A run in this process alone. */
  public RunContext(
      Recipe recipe,
      Architecture architecture,
      TrainingData data,
      RunFolder folder,
      Consumer<StageProgress> progress) {
    this(recipe, architecture, data, folder, progress, TaskPlace.HERE);
  }
}
