package io.deepincubation.core.inference;

import ai.djl.ndarray.NDList;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.deepincubation.core.script.GradientMode;
import org.jspecify.annotations.Nullable;

/** A DJL block of a network that is trained already: it holds no parameters of DJL's. */
abstract class TrainedBlock extends AbstractBlock {

  /** What the network says, while autograd records nothing. */
  abstract NDList outputs(NDList inputs);

  @Override
  public final boolean isInitialized() {
    return true;
  }

  @Override
  protected final NDList forwardInternal(
      ParameterStore parameterStore,
      NDList inputs,
      boolean training,
      @Nullable PairList<String, Object> params) {
    try (GradientMode mode = GradientMode.frozen()) {
      return outputs(inputs);
    }
  }
}
