package io.deepincubation.core.recipe;

import io.deepincubation.core.network.NetworkFamilies;
import java.util.List;
import java.util.Map;

/** The values of keys that a recipe does not give: DeiT's, as the paper uses them for CIFAR-100. */
final class DeitRecipe {

  static final Recipe BASE =
      new Recipe(
          "deit",
          0,
          Precision.AUTO,
          new ModelRecipe(NetworkFamilies.VIT, 32, 192, 3, 4, 32, 0, Map.of()),
          "",
          new DivisionRecipe(4, List.of(), List.of()),
          new BatchRecipe(256, 2, false, BatchRecipe.Sampling.UNIFORM),
          new OptimizerRecipe(OptimizerRecipe.Rule.ADAMW, 5e-4, 0.05, 0.9, 0.999, 1e-8, 0),
          new ScheduleRecipe(
              1e-5,
              1e-6,
              ScheduleRecipe.Unit.EPOCH,
              ScheduleRecipe.Decay.COSINE,
              1,
              List.of(8.0 / 12, 11.0 / 12)),
          EmaRecipe.NONE,
          new LossRecipe(0.1, ClassWeights.NONE),
          new AugmentationRecipe(4, false, true, 9, 0.4, 0.8, 1, 0.25, 3),
          new StageRecipe(200, 20, 0, 0, 1),
          new IncubationRecipe(
              200,
              20,
              0.1,
              0,
              1,
              IncubationRecipe.Start.RANDOM,
              IncubationRecipe.MetaModel.PRETRAINED_FIXED,
              BestRecipe.NONE,
              1),
          new StageRecipe(100, 0, 0.1, 1, 1),
          new EndToEndRecipe(Epochs.of(400), 20, 0.1, 0, 1, BestRecipe.NONE, 1),
          HigherResolutionRecipe.NONE,
          RoundsRecipe.DEFAULT,
          new LocalRecipe(List.of(5.0, 0.0), List.of(0.05, 1.0)),
          TransferRecipe.NONE,
          SegmentationRecipe.UPERNET,
          DetectionRecipe.MASK_RCNN,
          SceneRecipe.ADE20K);

  private DeitRecipe() {}
}
