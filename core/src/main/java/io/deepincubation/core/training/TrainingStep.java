package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.Batch;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import java.nio.FloatBuffer;

/**
 * What every optimizer step does: the gradients of its passes, in lanes, then the update.
 *
 * <p>Nothing in it waits for a GPU.
 */
public final class TrainingStep implements AutoCloseable {

  private final Objective objective;
  private final NDManager manager;
  private final int accumulation;
  private final Lanes lanes;
  private final Optimizer optimizer;

  /**
   * Prepares the steps of a training.
   *
   * @param objective what is minimised
   * @param manager owns the optimizer's arrays; on the network's device
   * @param recipe batch and optimizer
   * @param clipNorm largest global gradient norm; 0 for no clipping
   * @param compute where and how the task computes
   */
  public TrainingStep(
      Objective objective, NDManager manager, Recipe recipe, double clipNorm, Compute compute) {
    this.objective = objective;
    this.manager = manager;
    accumulation = recipe.batch().accumulation();
    lanes = Lanes.of(compute, recipe.batch().size(), objective.imagesAtOnce());
    optimizer =
        new Optimizer(
            manager,
            objective.trained().stream().flatMap(m -> m.trainable().stream()).toList(),
            recipe.optimizer(),
            clipNorm,
            accumulation,
            lanes.count());
  }

  /** The update, with its state. */
  Optimizer optimizer() {
    return optimizer;
  }

  /**
   * Gathers the gradients of one pass.
   *
   * @param batch its images, as many as the recipe says
   * @param key what its draws are for, from the batch's first image on
   */
  public void gather(Batch batch, StepKey key) {
    int images = batch.size() / lanes.count();
    lanes.forEach(lane -> gather(batch, key.from(lane * images), images, lane));
  }

  /** Gathers a lane's images, some at a time. */
  private void gather(Batch batch, StepKey key, int images, int lane) {
    int some = lanes.imagesAtOnce();
    for (int first = 0; first < images; first += some) {
      gatherSome(batch, key.from(key.firstImage() + first), some, lane);
    }
  }

  private void gatherSome(Batch batch, StepKey key, int images, int lane) {
    double share = (double) images / (batch.size() * accumulation);
    try (NDManager pass = manager.newSubManager()) {
      Shape shape = new Shape(images).addAll(objective.inputShape());
      NDArray part = pass.create(part(batch.images(), key, images), shape);
      int classes = batch.targets().length / batch.size();
      NDArray targets = pass.create(part(batch.targets(), key, images), new Shape(images, classes));
      objective.gather(part, targets, key, optimizer.sums(lane), share);
    }
  }

  private static FloatBuffer part(float[] values, StepKey key, int images) {
    int each = values.length / key.images();
    return FloatBuffer.wrap(values, key.firstImage() * each, images * each);
  }

  /**
   * Ends a pass; the last one of a step's accumulation changes the parameters.
   *
   * @param learningRate of the step
   */
  public void update(double learningRate) {
    optimizer.finishPass(learningRate);
  }

  @Override
  public void close() {
    lanes.close();
  }
}
