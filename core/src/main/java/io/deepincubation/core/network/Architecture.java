package io.deepincubation.core.network;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.random.RandomStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A family of networks of one shape but any depths: target model, meta model and hybrid network are
 * the same architecture at three divisions.
 *
 * <p>A module's output has the same shape whatever its depth, and the parameters of a module keep
 * their order, so that a module trained in one division fits into another by position.
 */
public interface Architecture {

  /** Shape of one input: C x H x W of an image, or L of a text's tokens. */
  Shape inputShape();

  /** A number that all tokens of texts are below; 0 where inputs are images. */
  default int vocabulary() {
    return 0;
  }

  /** Whether inputs are texts' tokens, -1 where there are no more. */
  default boolean readsTexts() {
    return vocabulary() > 0;
  }

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
   * Channels of a module that are dropped in training, whatever stochastic depth does. Where there
   * are some, the block's second input has a row of scales for each behind those of the branches;
   * or no rows at all to keep everything.
   */
  default ChannelDropout channelDropout(ModularDivision division, int moduleIndex) {
    return ChannelDropout.OFF;
  }

  /**
   * The most images that a processor computes at once: few enough that their activations stay near
   * it, enough for large products. {@link Integer#MAX_VALUE} where an image's result in training
   * depends on the others in its batch, as batch norm makes it, so that none may be computed apart.
   */
  default int imagesAtOnce() {
    return Integer.MAX_VALUE;
  }

  /**
   * The most images that a network computes at once outside of training: on a GPU as many as there
   * are.
   *
   * @see #imagesAtOnce()
   */
  default int imagesAtOnce(Compute compute) {
    return compute.device().isGpu() ? Integer.MAX_VALUE : imagesAtOnce();
  }

  /**
   * A program that computes the loss and the gradients of a whole network without autograd, see
   * {@link NetworkGradients}; nothing where autograd has to do it.
   *
   * @param division the network
   * @param trained indices of the modules whose parameters are trained
   * @param loss the task's, of the last module's output
   * @param compute where and how it will run
   * @param recompute whether to compute activations again in the backward pass, instead of keeping
   *     them all
   */
  default Optional<String> gradients(
      ModularDivision division,
      Set<Integer> trained,
      LossProgram loss,
      Compute compute,
      boolean recompute) {
    return Optional.empty();
  }

  /**
   * Bytes of one image's activations that a training step holds at most, about; nothing where only
   * a trial can tell. Every branch counts, though stochastic depth drops some.
   *
   * @param division the network
   * @param trained indices of the modules whose parameters are trained
   * @param arithmetic of the products
   * @param recompute whether activations are computed again in the backward pass
   */
  default OptionalLong activationBytes(
      ModularDivision division, Set<Integer> trained, Arithmetic arithmetic, boolean recompute) {
    return OptionalLong.empty();
  }

  /**
   * Bytes of weights in the products' type that each thread holds until the end of its backward
   * pass.
   */
  default long castBytes(ModularDivision division, Set<Integer> trained, Arithmetic arithmetic) {
    return 0;
  }

  /** Floating-point operations of one image's forward pass through a module, 2 per multiply-add. */
  double forwardFlops(ModularDivision division, int moduleIndex);

  /**
   * Those of {@link #forwardFlops} that are computed: an implementation may leave out what its
   * output does not depend on.
   */
  default double computedFlops(ModularDivision division, int moduleIndex) {
    return forwardFlops(division, moduleIndex);
  }

  /**
   * An auxiliary network on the features that a module other than the last one gives. Its
   * parameters are named {@code aux.MODULE.NAME}; it drops no branches.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param kind what the auxiliary network does
   * @throws IllegalArgumentException if this family has no such network, as a user's own blocks
   */
  default NetworkPart auxiliary(ModularDivision division, int moduleIndex, AuxiliaryKind kind) {
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "Cannot build an auxiliary network %s on module %d: expected a vision transformer or a"
                + " residual network, got %s",
            kind,
            moduleIndex,
            getClass().getSimpleName()));
  }

  /**
   * A module without what reads the task off its last features: a last module without head, any
   * other as it is. Its parameters are the module's first ones.
   *
   * @param division the network
   * @param moduleIndex the module
   * @throws IllegalArgumentException if this family does not know its last module's head, as a
   *     user's own blocks
   */
  default NetworkPart trunk(ModularDivision division, int moduleIndex) {
    if (moduleIndex == division.moduleCount() - 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot tell the head of module %d from the rest: expected a vision transformer or a"
                  + " residual network, got %s",
              moduleIndex,
              getClass().getSimpleName()));
    }
    return new NetworkPart(
        parameters(division, moduleIndex),
        compute -> block(division, moduleIndex, compute),
        droppableLayers(division, moduleIndex),
        forwardFlops(division, moduleIndex),
        computedFlops(division, moduleIndex));
  }

  /**
   * What the names of a layer's parameters begin with.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param layer of the module, from 0
   * @throws IllegalArgumentException if this family's modules are not made of layers of one kind,
   *     as a user's own blocks
   */
  default String layerPrefix(ModularDivision division, int moduleIndex, int layer) {
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "Cannot tell the layers of module %d apart: expected a vision transformer or a residual"
                + " network, got %s",
            moduleIndex,
            getClass().getSimpleName()));
  }

  /**
   * Names, after {@link #layerPrefix}, of the parameters that end a layer's branches: a layer that
   * neither widens nor shrinks features gives what it gets where these are 0.
   *
   * @throws IllegalArgumentException where {@link #layerPrefix} throws it
   */
  default List<String> closingParameters() {
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "Cannot tell what ends a layer: expected a vision transformer or a residual network,"
                + " got %s",
            getClass().getSimpleName()));
  }

  /**
   * Whether a tensor belongs to the task, so that it begins fresh where the weights that training
   * begins with lack it, or have another.
   *
   * @param tensor its name
   */
  default boolean beginsFresh(String tensor) {
    return tensor.startsWith("head.") || tensor.startsWith("fc.");
  }

  /**
   * Whether weights that training begins with may have a tensor that this network has no place for,
   * since another task's head reads it.
   *
   * @param tensor its name
   */
  default boolean leavesOut(String tensor) {
    return false;
  }

  /**
   * A tensor of a network of this family for images or patches of another size, made to fit.
   *
   * @param place the parameter that it is to be
   * @param found of the other network
   * @return nothing if it cannot be made to fit
   */
  default Optional<Weights.Tensor> resized(ParameterSpec place, Weights.Tensor found) {
    return place.shape().equals(new Shape(found.shape())) ? Optional.of(found) : Optional.empty();
  }

  /**
   * A module's weights of a network for images of another size, made to fit.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param weights of the other network's module, in the order of the parameters
   * @throws IllegalArgumentException if a tensor cannot be made to fit
   */
  default Weights resized(ModularDivision division, int moduleIndex, Weights weights) {
    List<ParameterSpec> specs = parameters(division, moduleIndex);
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    weights
        .tensors()
        .forEach(
            (name, found) -> {
              ParameterSpec place = specs.get(tensors.size());
              tensors.put(name, resized(place, found).orElseThrow(() -> unfit(place, found)));
            });
    return new Weights(tensors);
  }

  private static IllegalArgumentException unfit(ParameterSpec place, Weights.Tensor found) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "Cannot resize %s: expected shape %s, got %s",
            place.name(),
            place.shape(),
            found.shape()));
  }

  /** What {@code config.json} says of the network, so that other tools can rebuild it. */
  Map<String, Object> configuration(ModularDivision division);

  /**
   * Fresh weights of all modules.
   *
   * @see #initialWeights(ModularDivision, int, long, String)
   */
  default List<Weights> initialWeights(ModularDivision division, long seed, String purpose) {
    return IntStream.range(0, division.moduleCount())
        .mapToObj(i -> initialWeights(division, i, seed, purpose))
        .toList();
  }

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
    return draw(parameters(division, moduleIndex), seed, purpose, moduleIndex);
  }

  /**
   * Fresh weights of an auxiliary network, a pure function of the arguments.
   *
   * @param division the network
   * @param moduleIndex the module
   * @param kind what the auxiliary network does
   * @param seed the recipe's seed
   * @param purpose what the network is for
   */
  default Weights initialAuxiliaryWeights(
      ModularDivision division, int moduleIndex, AuxiliaryKind kind, long seed, String purpose) {
    List<ParameterSpec> specs = auxiliary(division, moduleIndex, kind).specs();
    return draw(specs, seed, purpose + "/" + kind.use(), moduleIndex);
  }

  private static Weights draw(
      List<ParameterSpec> specs, long seed, String purpose, int moduleIndex) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    long position = 0;
    for (ParameterSpec spec : specs) {
      var random = RandomStream.of(seed, RandomStream.part(purpose), moduleIndex, position++);
      tensors.put(spec.name(), spec.draw(random));
    }
    return new Weights(tensors);
  }
}
