package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ModularNetwork.BatchPart;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.script.TorchEngine;

/**
 * Which branches of a network stochastic depth drops in a step: a draw for each module, the same
 * whatever is trained and however.
 */
record DroppedBranches(ModularNetwork network, StochasticDepth depth) {

  /**
   * The scales of a module's branches, as the module's second input.
   *
   * @param moduleIndex the module
   * @param images B x C x H x W; the scales are in their manager, on the host
   * @param step what the draws are for
   */
  NDArray keep(int moduleIndex, NDArray images, StepKey step) {
    int count = Math.toIntExact(images.getShape().get(0));
    NDManager host = TorchEngine.hostManager(images.getManager());
    var part = new BatchPart(host, step.images(), step.places(count));
    return network.keep(moduleIndex, depth, part, step.random("stochastic depth", moduleIndex));
  }

  /** The scales of all modules' branches. */
  NDList keep(NDArray images, StepKey step) {
    var keep = new NDList(network.modules().size());
    for (int i = 0; i < network.modules().size(); i++) {
      keep.add(keep(i, images, step));
    }
    return keep;
  }
}
