package io.deepincubation.core.method;

import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.BatchRecipe;
import java.util.List;

/** Floating-point operations of whole stages, counted before anything is trained. */
public final class TrainingCost {

  private final Architecture architecture;
  private final int trainImages;

  /**
   * Counts on some images.
   *
   * @param architecture of the networks
   * @param trainImages images of the training split
   */
  public TrainingCost(Architecture architecture, int trainImages) {
    this.architecture = architecture;
    this.trainImages = trainImages;
  }

  /** Operations of stages' training. */
  public StageCost of(List<Stage> stages) {
    return stages.stream().map(this::of).reduce(StageCost.NONE, StageCost::plus);
  }

  /** Operations of a stage's training. */
  public StageCost of(Stage stage) {
    return StageCost.of(stage, architecture).times(images(stage));
  }

  /** Images that go through a stage's network, repeats counted. */
  double images(Stage stage) {
    return stage.schedule().epochs() * imagesOfEpoch(stage);
  }

  /** Images of whole effective batches, as the trainer counts them. */
  private double imagesOfEpoch(Stage stage) {
    BatchRecipe batch = stage.recipe().batch();
    int steps = Math.max(1, trainImages / batch.size() / batch.accumulation());
    return (double) steps * batch.effectiveSize();
  }
}
