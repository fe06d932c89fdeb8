package io.deepincubation.core.recipe;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.recipe.Rules.Named;
import java.io.Serializable;

/**
 * Everything that decides what a run computes, besides its data and its thread widths.
 *
 * @param name identifies the recipe in reports
 * @param seed the root of every random draw
 * @param precision what the heavy products are computed in
 * @param model the target model
 * @param initialWeights the folder of a model of the same shape that training begins with, as a
 *     URI; empty for random weights
 * @param division how it is divided, and the meta model's depths
 * @param batch images of a step
 * @param optimizer the update rule
 * @param schedule the learning rate over a stage
 * @param ema the moving average of the weights
 * @param loss the task's loss
 * @param augmentation what is done to training images
 * @param meta meta pre-training
 * @param incubation module incubation
 * @param fineTuning fine-tuning of the assembled model
 * @param endToEnd the end-to-end baseline
 * @param local the losses of locally supervised training
 */
@Evolving
public record Recipe(
    @Named String name,
    long seed,
    Precision precision,
    ModelRecipe model,
    String initialWeights,
    DivisionRecipe division,
    BatchRecipe batch,
    OptimizerRecipe optimizer,
    ScheduleRecipe schedule,
    EmaRecipe ema,
    LossRecipe loss,
    AugmentationRecipe augmentation,
    StageRecipe meta,
    IncubationRecipe incubation,
    StageRecipe fineTuning,
    EndToEndRecipe endToEnd,
    LocalRecipe local)
    implements Serializable {

  /** The target model's division. */
  public ModularDivision targetDivision() {
    return division.target(model.depth());
  }

  /** The meta model's division, one layer a module unless the recipe says otherwise. */
  public ModularDivision metaDivision() {
    return division.meta();
  }
}
