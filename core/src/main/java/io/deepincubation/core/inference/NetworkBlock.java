package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.script.GradientMode;
import org.jspecify.annotations.Nullable;

/** A trained network as one DJL block: B x C x H x W to logits, B x classes. */
final class NetworkBlock extends AbstractBlock {

  private final ModularNetwork network;

  NetworkBlock(ModularNetwork network) {
    this.network = network;
  }

  @Override
  public boolean isInitialized() {
    return true;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameterStore,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    try (GradientMode mode = GradientMode.frozen()) {
      NDArray logits = network.evaluate(inputs.head());
      return new NDList(logits);
    }
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    return new Shape[] {new Shape(inputShapes[0].get(0), network.architecture().classes())};
  }
}
