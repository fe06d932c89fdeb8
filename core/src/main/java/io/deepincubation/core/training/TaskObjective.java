package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkGradients;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.script.GradientMode;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The task's own loss at the output of a network, over the parameters of some of its modules (Eq. 5
 * with one module; end-to-end training and fine-tuning with all).
 *
 * <p>Modules before the first trained one build no graph, since nothing in them asks for gradients;
 * modules after the last one pass gradients through but get none themselves.
 */
public final class TaskObjective implements Objective {

  private final ModularNetwork network;
  private final Task task;
  private final Set<Integer> trainedModules;
  private final DroppedBranches dropped;
  private final Losses losses;
  private final @Nullable NetworkGradients gradients;

  /**
   * Makes the parameters of some modules trainable.
   *
   * @param network the network
   * @param task whose loss is minimised
   * @param trainedModules indices of the modules that are trained; the others stay as they are
   * @param stochasticDepth how branches are dropped, in all modules
   * @param recompute whether to compute activations again in the backward pass instead of keeping
   *     them all, where the network can
   */
  public TaskObjective(
      ModularNetwork network,
      Task task,
      Set<Integer> trainedModules,
      StochasticDepth stochasticDepth,
      boolean recompute) {
    this.network = network;
    this.task = task;
    this.trainedModules = Set.copyOf(trainedModules);
    dropped = new DroppedBranches(network, stochasticDepth);
    losses = new Losses(network.manager(), task.loss());
    gradients = network.gradients(this.trainedModules, task.loss(), recompute).orElse(null);
    trainedModules.forEach(index -> network.modules().get(index).train());
  }

  @Override
  public List<NetworkModule> trained() {
    return trainedModules.stream().sorted().map(network.modules()::get).toList();
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public ModularNetwork network() {
    return network;
  }

  @Override
  public void gather(
      NDArray images, NDArray targets, StepKey step, GradientSums sums, double share) {
    if (gradients != null) {
      NDList keep = dropped.keep(images, step);
      gradients.gather(images, targets, keep, share, sums.begin(), sums.gradients(), sums.total());
    } else {
      try (GradientMode mode = GradientMode.recording()) {
        sums.addGradientsOf(loss(images, targets, step), share);
      }
    }
  }

  /**
   * The forward pass by the modules' own blocks.
   *
   * @param images B x C x H x W
   * @param targets B x ..., as the task says
   * @param step what the random draws are for
   * @return the loss, a scalar with its graph where autograd records, in the manager of the images
   */
  public NDArray loss(NDArray images, NDArray targets, StepKey step) {
    NDList keep = dropped.keep(images, step);
    NDArray features = images;
    for (int i = 0; i < network.modules().size(); i++) {
      features =
          network.modules().get(i).forward(features, keep.get(i), trainedModules.contains(i));
    }
    return losses.task(features, targets);
  }
}
