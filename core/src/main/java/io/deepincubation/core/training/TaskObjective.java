package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkGradients;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.script.GradientMode;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The task's own loss at the output of a network, over the parameters of some of its modules (Eq. 5
 * with one module; end-to-end training and fine-tuning with all).
 */
public final class TaskObjective extends OutputObjective {

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
    this(network, task, trainedModules, any -> 1, stochasticDepth, recompute);
  }

  /**
   * Makes the parameters of some modules trainable, each at a rate of its own.
   *
   * @param network the network
   * @param task whose loss is minimised
   * @param trainedModules indices of the modules that are trained; the others stay as they are
   * @param rates what multiplies the learning rate of each of their parameters; 0 for one that
   *     stays as it is, which takes a network whose gradients autograd finds
   * @param stochasticDepth how branches are dropped, in all modules
   * @param recompute whether to compute activations again in the backward pass instead of keeping
   *     them all, where the network can
   */
  public TaskObjective(
      ModularNetwork network,
      Task task,
      Set<Integer> trainedModules,
      ToDoubleFunction<ParameterSpec> rates,
      StochasticDepth stochasticDepth,
      boolean recompute) {
    super(network, task, trainedModules, rates, stochasticDepth);
    losses = new Losses(network.manager(), task.loss());
    gradients = network.gradients(modules().indices(), task.loss(), recompute).orElse(null);
  }

  @Override
  public void gather(StepPart part, StepKey step, GradientSums sums, double share) {
    if (gradients != null) {
      NDList keep = modules().dropped().keep(part.images(), step);
      gradients.gather(
          part.images(), part.targets(), keep, share, sums.begin(), sums.gradients(), sums.total());
    } else {
      try (GradientMode mode = GradientMode.recording()) {
        sums.addGradientsOf(loss(part.images(), part.targets(), step), share);
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
    return losses.task(modules().forward(images, step), targets);
  }
}
