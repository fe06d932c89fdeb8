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
 * @param higherResolution fine-tuning of the trained model on larger images
 * @param rounds how the workers of a stage meet
 * @param local the losses of locally supervised training
 * @param transfer training of a trained network on a dense task
 * @param segmentation how classes of pixels are read off a backbone
 * @param detection how objects are found on a backbone's maps
 * @param scene what is done to images of dense tasks, and to what is annotated on them
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
    HigherResolutionRecipe higherResolution,
    RoundsRecipe rounds,
    LocalRecipe local,
    TransferRecipe transfer,
    SegmentationRecipe segmentation,
    DetectionRecipe detection,
    SceneRecipe scene)
    implements Serializable {

  /** The target model's division. */
  public ModularDivision targetDivision() {
    return division.target(model.depth());
  }

  /** The meta model's division, one layer a module unless the recipe says otherwise. */
  public ModularDivision metaDivision() {
    return division.meta();
  }

  /** Whether images of a batch are mixed, each with a partner: never for dense tasks. */
  public boolean pairsImages() {
    return augmentation.pairsImages() && !transfer.isOn();
  }

  /**
   * What a batch has to be a multiple of, for workers to take parts of it that can be trained on.
   *
   * @param workers that divide it
   */
  public int batchUnit(int workers) {
    return pairsImages() ? 2 * workers : workers;
  }
}
