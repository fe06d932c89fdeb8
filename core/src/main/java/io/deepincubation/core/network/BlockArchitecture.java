package io.deepincubation.core.network;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.script.TorchEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of a user's own DJL blocks, one a module.
 *
 * <p>The parameters are found by initialising throw-away blocks along the chain of modules; they
 * are named {@code modules.INDEX.NAME} after the block's own names. Weights are drawn uniformly by
 * their fan-in, scales are 1, biases and shifts 0; weights alone are decayed; running statistics,
 * and what the block itself has frozen, are not trained. The blocks compute in fp32 whatever
 * arithmetic is asked for, and are never dropped.
 */
@Evolving
public final class BlockArchitecture implements Architecture {

  /** Makes the modules. */
  @FunctionalInterface
  public interface ModuleFactory {

    /**
     * A new block, not initialised, of one input and one output array.
     *
     * @param division the network: target, meta or hybrid
     * @param moduleIndex the module; its output's shape must be the same for every depth
     */
    Block module(ModularDivision division, int moduleIndex);
  }

  private final Shape inputShape;
  private final int classes;
  private final ModuleFactory factory;

  /**
   * A family of networks.
   *
   * @param inputShape of one image, C x H x W
   * @param classes number of classes: the last module's output is B x classes
   * @param factory makes the modules
   */
  public BlockArchitecture(Shape inputShape, int classes, ModuleFactory factory) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          "Cannot classify into " + classes + " classes: expected at least 1");
    }
    this.inputShape = inputShape;
    this.classes = classes;
    this.factory = factory;
  }

  @Override
  public Shape inputShape() {
    return inputShape;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public List<ParameterSpec> parameters(ModularDivision division, int moduleIndex) {
    Block block = initialized(division, moduleIndex);
    String prefix = "modules." + moduleIndex + ".";
    return block.getParameters().stream()
        .map(named -> spec(prefix + named.getKey(), named.getValue()))
        .toList();
  }

  private static ParameterSpec spec(String name, Parameter parameter) {
    return new ParameterSpec(
        name, parameter.getShape(), role(parameter), initialization(parameter));
  }

  private static Role role(Parameter parameter) {
    if (!parameter.requiresGradient()) {
      return Role.BUFFER;
    }
    return parameter.getType() == Parameter.Type.WEIGHT ? Role.DECAYED : Role.UNDECAYED;
  }

  private static Initialization initialization(Parameter parameter) {
    return switch (parameter.getType()) {
      case GAMMA, RUNNING_VAR -> new Initialization.Constant(1);
      case BETA, BIAS, RUNNING_MEAN -> new Initialization.Constant(0);
      default -> Initialization.Uniform.ofFanIn(fanIn(parameter.getShape()));
    };
  }

  /** Values that one output sums over: all dimensions but the first. */
  private static long fanIn(Shape shape) {
    return shape.dimension() < 2 ? Math.max(1, shape.size()) : shape.size() / shape.get(0);
  }

  @Override
  public Block block(ModularDivision division, int moduleIndex, Compute compute) {
    return initialized(division, moduleIndex);
  }

  /** A module that knows its shapes. Its arrays are freed: the network brings its own. */
  private Block initialized(ModularDivision division, int moduleIndex) {
    Shape input = featureShape(division, moduleIndex);
    Block block = factory.module(division, moduleIndex);
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      block.initialize(manager, DataType.FLOAT32, input);
    }
    return block;
  }

  /** Shape of one image's features before a module, 1 x ... */
  private Shape featureShape(ModularDivision division, int moduleIndex) {
    Shape shape = new Shape(1).addAll(inputShape);
    try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
      for (int i = 0; i < moduleIndex; i++) {
        Block block = factory.module(division, i);
        block.initialize(manager, DataType.FLOAT32, shape);
        shape = block.getOutputShapes(new Shape[] {shape})[0];
      }
    }
    return shape;
  }

  @Override
  public int droppableLayers(ModularDivision division, int moduleIndex) {
    return 0;
  }

  /**
   * An estimate: 2 operations for each weight at each position of the module's output, a pixel of B
   * x C x H x W or a token of B x N x D. It is exact for linear layers on vectors, and too low
   * where a module shrinks its features on the way.
   */
  @Override
  public double forwardFlops(ModularDivision division, int moduleIndex) {
    double weights =
        parameters(division, moduleIndex).stream()
            .filter(spec -> spec.role() == Role.DECAYED)
            .mapToDouble(ParameterSpec::size)
            .sum();
    return 2 * weights * positions(featureShape(division, moduleIndex + 1));
  }

  private static long positions(Shape features) {
    return switch (features.dimension()) {
      case 1, 2 -> 1;
      case 3 -> features.get(1);
      default -> features.slice(2).size();
    };
  }

  @Override
  public Map<String, Object> configuration(ModularDivision division) {
    var configuration = new LinkedHashMap<String, Object>();
    configuration.put("architecture", "blocks");
    configuration.put("input_shape", inputShape.toString());
    configuration.put("num_classes", classes);
    configuration.put("division", division.depths());
    return configuration;
  }
}
