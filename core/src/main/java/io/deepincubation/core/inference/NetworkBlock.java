package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.ModularNetwork;

/** A trained network as one DJL block: B x C x H x W, or B x L, to logits, B x classes. */
final class NetworkBlock extends TrainedBlock {

  private final ModularNetwork network;

  NetworkBlock(ModularNetwork network) {
    this.network = network;
  }

  @Override
  NDList outputs(NDList inputs) {
    NDArray logits = network.evaluate(inputs.head());
    return new NDList(logits);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), network.architecture().classes())};
  }
}
