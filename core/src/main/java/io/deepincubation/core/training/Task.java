package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.recipe.UsageException;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What a network is trained to do: what its images' targets are, what it loses by other outputs,
 * and how its outputs are measured. {@link Classification} is the first, {@link MultiLabel} of
 * images with any number of classes the second, {@link Segmentation} of their pixels and {@link
 * Detection} of objects on them are of dense tasks.
 *
 * <p>It belongs to no network and no thread, and holds no arrays.
 */
public interface Task {

  /** Its name, in lower case, such as {@code classification}. */
  String name();

  /** Shape of one image's targets; those of a batch are B x ... */
  Shape targetShape();

  /** What labels of training images become. */
  Targets targets();

  /**
   * The loss of a batch's outputs, averaged over its images.
   *
   * @throws UnsupportedOperationException if it does not follow from outputs and targets alone
   */
  LossProgram loss();

  /**
   * Minimises the task's own loss at the output of a network.
   *
   * @param network trained for this task
   * @param trainedModules indices of the modules that are trained
   * @param rates what multiplies the learning rate of each of their parameters
   * @param stochasticDepth how branches are dropped, in all modules
   * @param recompute whether to compute activations again in the backward pass
   */
  default Objective objective(
      ModularNetwork network,
      Set<Integer> trainedModules,
      ToDoubleFunction<ParameterSpec> rates,
      StochasticDepth stochasticDepth,
      boolean recompute) {
    return new TaskObjective(network, this, trainedModules, rates, stochasticDepth, recompute);
  }

  /**
   * What is measured of images, with all branches kept and running statistics fixed.
   *
   * @param network trained for this task
   * @param images B x C x H x W, or B x L of tokens
   * @param batch what they were made of
   * @return outputs in the manager of the images
   */
  default NDArray outputs(ModularNetwork network, NDArray images, EvaluationBatch batch) {
    return network.evaluate(images);
  }

  /**
   * The same task, whose networks are measured by several looks at each image.
   *
   * @throws UsageException if images of this task are looked at once
   */
  default Task atSeveralScales() {
    throw new UsageException(
        "Cannot measure at several scales: expected a network of segmentation, got one of "
            + name());
  }

  /** Counts for one measurement, of nothing yet. */
  Tally tally();

  /** Names of the measures that a recipe may choose weights by. */
  default Set<String> measures() {
    return Set.of();
  }
}
