package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * The modules of a network that are trained at its output, and the forward pass to it.
 *
 * <p>Modules before the first trained one build no graph, since nothing in them asks for gradients;
 * modules after the last one pass gradients through but get none themselves.
 *
 * @param network the network
 * @param indices of the trained modules; the others stay as they are
 * @param rates what multiplies the learning rate of each of their parameters; 0 for one that stays
 *     as it is
 * @param dropped how branches are dropped, in all modules
 */
record TrainedModules(
    ModularNetwork network,
    Set<Integer> indices,
    ToDoubleFunction<ParameterSpec> rates,
    DroppedBranches dropped) {

  /** Copies. */
  TrainedModules {
    indices = Set.copyOf(indices);
  }

  /** Makes their parameters trainable. */
  void train() {
    list().forEach(module -> module.train(rates));
  }

  /** They, in order. */
  List<NetworkModule> list() {
    return indices.stream().sorted().map(network.modules()::get).toList();
  }

  /**
   * The network's output for images in training.
   *
   * @param images B x C x H x W
   * @param step what the random draws are for
   * @return with its graph where autograd records, in the manager of the images
   */
  NDArray forward(NDArray images, StepKey step) {
    NDArray features = images;
    for (int i = 0; i < network.modules().size(); i++) {
      NDArray keep = dropped.keep(i, images, step);
      features = network.modules().get(i).forward(features, keep, indices.contains(i));
    }
    return features;
  }
}
