package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.script.HostArrays;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every optimizer step does: the gradients of its passes, in lanes, then the update.
 *
 * <p>Nothing in it waits for a GPU but {@link #waitForDevice}.
 */
public final class TrainingStep implements AutoCloseable {

  private final Objective objective;
  private final List<NDManager> managers;
  private final int accumulation;
  private final Lanes lanes;
  private final Optimizer optimizer;

  /**
   * Prepares the steps of a training.
   *
   * @param objective what is minimised
   * @param manager owns the optimizer's arrays; on the network's device
   * @param recipe batch and optimizer
   * @param clipNorm largest gradient norm of each of the objective's groups; 0 for no clipping
   * @param compute where and how the task computes
   */
  public TrainingStep(
      Objective objective, NDManager manager, Recipe recipe, double clipNorm, Compute compute) {
    this.objective = objective;
    accumulation = recipe.batch().accumulation();
    lanes = Lanes.of(compute, recipe.batch().size(), objective.imagesAtOnce());
    // One for each lane: they would wait for each other at a common one.
    managers = Stream.generate(manager::newSubManager).limit(lanes.count()).toList();
    optimizer =
        new Optimizer(
            manager,
            objective.groups().stream().map(TrainingStep::trainable).toList(),
            recipe.optimizer(),
            clipNorm,
            accumulation,
            lanes);
  }

  private static List<NetworkModule.Trainable> trainable(List<NetworkModule> modules) {
    return modules.stream().flatMap(module -> module.trainable().stream()).toList();
  }

  /**
   * How a task computes a pass.
   *
   * @param lanes threads that each compute a part of it, with gradient sums of their own
   * @param imagesAtOnce whose activations are held at the same time, by all lanes together
   */
  public record Shares(int lanes, int imagesAtOnce) {

    /**
     * What a task will do.
     *
     * @param compute where and how it computes
     * @param batch images of a pass
     * @param atOnce the most images that are computed at once on a processor, see {@link
     *     Objective#imagesAtOnce}
     */
    public static Shares of(Compute compute, int batch, int atOnce) {
      try (Lanes lanes = Lanes.of(compute, batch, atOnce)) {
        return new Shares(lanes.count(), lanes.count() * lanes.imagesAtOnce());
      }
    }
  }

  /** What is done with some images of a batch. */
  public interface Work {

    /**
     * Does it.
     *
     * @param images b x C x H x W
     * @param targets b x ..., as the task says
     * @param key of the batch, from these images on
     * @param lane the thread that does it
     */
    void run(NDArray images, NDArray targets, StepKey key, int lane);
  }

  /** What is minimised. */
  Objective objective() {
    return objective;
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
    forEachPart(
        batch,
        key,
        (images, targets, from, lane) -> {
          double share = images.getShape().get(0) / (double) (batch.size() * accumulation);
          objective.gather(images, targets, from, optimizer.sums(lane), share);
        });
  }

  /** Does some work with all images of a pass, some at a time, in lanes. */
  public void forEachPart(Batch batch, StepKey key, Work work) {
    int own = batch.size() / lanes.count();
    int some = lanes.imagesAtOnce();
    lanes.forEach(
        lane -> {
          for (int first = lane * own; first < (lane + 1) * own; first += some) {
            withPart(batch, key.from(first), some, lane, work);
          }
        });
  }

  private void withPart(Batch batch, StepKey key, int images, int lane, Work work) {
    try (NDManager pass = managers.get(lane).newSubManager()) {
      Shape shape = new Shape(images).addAll(objective.inputShape());
      NDArray part = HostArrays.array(pass, shape, part(batch.images(), key, images));
      Shape target = new Shape(images).addAll(objective.task().targetShape());
      NDArray targets = HostArrays.array(pass, target, part(batch.targets(), key, images));
      work.run(part, targets, key, lane);
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

  /** The threads of a pass. */
  Lanes lanes() {
    return lanes;
  }

  /** Returns once the device has done all that it was told to. */
  public void waitForDevice() {
    optimizer.totalLoss();
  }

  @Override
  public void close() {
    lanes.close();
    managers.forEach(NDManager::close);
  }
}
