package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.random.RandomStream;
import java.util.Arrays;

/**
 * A parameter of a module.
 *
 * @param name its timm name in the whole network, such as {@code blocks.3.attn.qkv.weight}
 * @param shape its dimensions
 * @param role how training treats it
 * @param initialization how its first values are drawn
 */
public record ParameterSpec(String name, Shape shape, Role role, Initialization initialization) {

  /** How training treats a parameter. */
  public enum Role {
    /** Trained with weight decay: matrices and filters. */
    DECAYED,
    /** Trained without weight decay: biases, norms, class token, position embedding. */
    UNDECAYED,
    /** Not trained: running statistics. */
    BUFFER
  }

  /** Number of values. */
  public long size() {
    return shape.size();
  }

  /** Fresh values. */
  Weights.Tensor draw(RandomStream random) {
    var values = new float[Math.toIntExact(size())];
    initialization.fill(values, random);
    return new Weights.Tensor(Arrays.stream(shape.getShape()).boxed().toList(), values);
  }
}
