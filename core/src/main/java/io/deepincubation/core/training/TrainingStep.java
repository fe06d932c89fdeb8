package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.script.HostArrays;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What every optimizer step does: the gradients of its passes, in lanes, then the update.
 *
 * <p>Nothing in it waits for a GPU but {@link #waitForDevice}.
 */
public final class TrainingStep implements AutoCloseable {

  private final Objective objective;
  private final List<Objective> replicas;
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
    this(List.of(objective), manager, recipe, recipe.batch().size(), clipNorm, compute);
  }

  /**
   * Prepares the steps of a training on parts of its batches, or on several devices.
   *
   * @param replicas what is minimised, over a network on each device with equal weights; the first
   *     one's is the training's
   * @param manager owns the optimizer's arrays; on the network's device
   * @param recipe optimizer, and batches of a step
   * @param images of a pass
   * @param clipNorm largest gradient norm of each of the objective's groups; 0 for no clipping
   * @param compute where and how the task computes
   */
  TrainingStep(
      List<Objective> replicas,
      NDManager manager,
      Recipe recipe,
      int images,
      double clipNorm,
      Compute compute) {
    this.replicas = List.copyOf(replicas);
    objective = replicas.get(0);
    accumulation = recipe.batch().accumulation();
    lanes = Lanes.of(compute, images, objective.imagesAtOnce());
    // One for each lane: they would wait for each other at a common one.
    managers =
        IntStream.range(0, lanes.count())
            .mapToObj(lane -> lane == 0 ? manager : replica(lane).network().manager())
            .map(NDManager::newSubManager)
            .toList();
    optimizer =
        new Optimizer(
            manager,
            objective.groups().stream().map(group -> trainable(objective, group)).toList(),
            recipe.optimizer(),
            clipNorm,
            accumulation,
            lanes,
            this.replicas.stream().skip(1).map(TrainingStep::replica).toList());
  }

  private static Optimizer.Replica replica(Objective objective) {
    List<NetworkModule.Trainable> all =
        objective.groups().stream().flatMap(group -> trainable(objective, group).stream()).toList();
    return new Optimizer.Replica(
        objective.network().manager(),
        new NDList(all.stream().map(NetworkModule.Trainable::array).toList()));
  }

  /** What a lane computes: threads of a processor share the one that there is. */
  private Objective replica(int lane) {
    return replicas.size() == 1 ? objective : replicas.get(lane);
  }

  private static List<NetworkModule.Trainable> trainable(
      Objective objective, List<NetworkModule> modules) {
    return modules.stream().flatMap(m -> m.trainable(objective::rate).stream()).toList();
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

  /**
   * Checks that several devices of a task can share its batches.
   *
   * @param images of a pass
   * @param atOnce see {@link Objective#imagesAtOnce}
   * @param devices how many
   * @throws io.deepincubation.core.recipe.RecipeException if they cannot
   */
  public static void requireParts(int images, int atOnce, int devices) {
    Lanes.requireParts(images, atOnce, devices);
  }

  /** What is done with some images of a batch. */
  public interface Work {

    /**
     * Does it.
     *
     * @param part the images
     * @param key of the batch, from these images on
     * @param lane the thread that does it
     */
    void run(StepPart part, StepKey key, int lane);
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
   * @param batch its images
   * @param key what its draws are for, from the batch's first image on
   */
  public void gather(Batch batch, StepKey key) {
    forEachPart(
        batch,
        key,
        (part, from, lane) -> {
          double share = part.images().getShape().get(0) / (double) (batch.size() * accumulation);
          replica(lane).gather(part, from, optimizer.sums(lane), share);
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
      NDArray inputs = HostArrays.array(pass, shape, part(batch, batch.inputs(), key, images));
      Shape target = new Shape(images).addAll(objective.task().targetShape());
      NDArray targets = HostArrays.array(pass, target, part(batch, batch.targets(), key, images));
      work.run(new StepPart(inputs, targets, objects(batch, key, images)), key, lane);
    }
  }

  private static List<SceneObjects> objects(Batch batch, StepKey key, int images) {
    List<SceneObjects> all = batch.objects();
    return all.isEmpty() ? all : all.subList(key.firstImage(), key.firstImage() + images);
  }

  private static FloatBuffer part(Batch batch, float[] values, StepKey key, int images) {
    int each = values.length / batch.size();
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
