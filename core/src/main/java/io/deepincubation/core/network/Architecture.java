package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.random.RandomStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A family of networks of one shape but any depths: target model, meta model and hybrid network are
 * the same architecture at three divisions.
 *
 * <p>A module's output has the same shape whatever its depth, and the parameters of a module keep
 * their order, so that a module trained in one division fits into another by position.
 */
public interface Architecture {

  /** Shape of one input image, C x H x W. */
  Shape inputShape();

  /** Number of classes. */
  int classes();

  /**
   * A module's parameters in order, named as in the whole network of this division.
   *
   * @param division the network
   * @param moduleIndex the module
   */
  List<ParameterSpec> parameters(ModularDivision division, int moduleIndex);

  /**
   * A fresh block that computes a module. Its parameters are those of {@link #parameters} in that
   * order, without arrays.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param compute where and how it will run
   */
  Block block(ModularDivision division, int moduleIndex, Compute compute);

  /**
   * Layers of a module whose branches stochastic depth may drop. Where it is not 0, the block takes
   * a second input, the kept branches' scales: (2 x layers) x B, or no rows to keep everything.
   */
  int droppableLayers(ModularDivision division, int moduleIndex);

  /**
   * Whether an image's result in training does not depend on the others in its batch, so that parts
   * of a batch may be computed apart. Batch norm makes it depend.
   */
  default boolean independentImages() {
    return false;
  }

  /** Floating-point operations of one image's forward pass through a module, 2 per multiply-add. */
  double forwardFlops(ModularDivision division, int moduleIndex);

  /** What {@code config.json} says of the network, so that other tools can rebuild it. */
  Map<String, Object> configuration(ModularDivision division);

  /**
   * Fresh weights of a module, a pure function of the arguments.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param seed the recipe's seed
   * @param purpose what the network is for: networks of different purpose start from different
   *     weights
   */
  default Weights initialWeights(
      ModularDivision division, int moduleIndex, long seed, String purpose) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    long position = 0;
    for (ParameterSpec spec : parameters(division, moduleIndex)) {
      var random = RandomStream.of(seed, RandomStream.part(purpose), moduleIndex, position++);
      tensors.put(spec.name(), spec.draw(random));
    }
    return new Weights(tensors);
  }
}
