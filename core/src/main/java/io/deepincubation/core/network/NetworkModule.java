package io.deepincubation.core.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.script.GradientMode;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjIntConsumer;
import java.util.function.ToDoubleFunction;

/** A module or an auxiliary network in memory: its block, with arrays on a device. */
public final class NetworkModule {

  /**
   * A parameter that training changes.
   *
   * @param array its values, a leaf of the graph
   * @param decayed whether weight decay applies
   * @param rate multiplies the learning rate, above 0
   */
  public record Trainable(NDArray array, boolean decayed, double rate) {}

  private final List<ParameterSpec> specs;
  private final Block block;
  private final List<Parameter> parameters;
  private final NDManager manager;
  private final int droppableLayers;

  /**
   * Puts weights on a device.
   *
   * @param part what it computes
   * @param manager owns the arrays
   * @param compute where and how it will run
   * @param weights tensors in the order of the part's parameters; their names do not matter
   */
  public NetworkModule(NetworkPart part, NDManager manager, Compute compute, Weights weights) {
    this(part.specs(), part.block().apply(compute), part.droppableLayers(), manager);
    load(manager, weights);
  }

  NetworkModule(
      Architecture architecture,
      ModularDivision division,
      int moduleIndex,
      NDManager manager,
      Compute compute,
      Weights weights) {
    this(
        architecture.parameters(division, moduleIndex),
        architecture.block(division, moduleIndex, compute),
        architecture.droppableLayers(division, moduleIndex),
        manager);
    load(manager, weights);
  }

  private NetworkModule(
      List<ParameterSpec> specs, Block block, int droppableLayers, NDManager manager) {
    this.specs = specs;
    this.block = block;
    this.droppableLayers = droppableLayers;
    this.manager = manager;
    parameters = new ArrayList<>(block.getParameters().values());
  }

  /**
   * A part of this module that shares its arrays.
   *
   * @param part whose parameters are the first ones of this module
   * @param compute where and how it will run
   */
  NetworkModule sharedBy(NetworkPart part, Compute compute) {
    var shared =
        new NetworkModule(
            part.specs(), part.block().apply(compute), part.droppableLayers(), manager);
    for (int i = 0; i < part.specs().size(); i++) {
      shared.setArray(i, parameters.get(i).getArray());
    }
    return shared;
  }

  /** The parameters' names, shapes and roles, in order. */
  public List<ParameterSpec> specs() {
    return specs;
  }

  /** Layers whose branches stochastic depth may drop. */
  public int droppableLayers() {
    return droppableLayers;
  }

  /** The parameters that training changes, in order, all at one rate. */
  public List<Trainable> trainable() {
    return trainable(any -> 1);
  }

  /**
   * The parameters that training changes, in order.
   *
   * @param rates what multiplies the learning rate of each; 0 for one that stays as it is
   */
  public List<Trainable> trainable(ToDoubleFunction<ParameterSpec> rates) {
    var trainable = new ArrayList<Trainable>();
    for (int i = 0; i < specs.size(); i++) {
      ParameterSpec.Role role = specs.get(i).role();
      double rate = role == ParameterSpec.Role.BUFFER ? 0 : rates.applyAsDouble(specs.get(i));
      if (rate > 0) {
        boolean decayed = role == ParameterSpec.Role.DECAYED;
        trainable.add(new Trainable(parameters.get(i).getArray(), decayed, rate));
      }
    }
    return trainable;
  }

  /** All parameters' arrays, in order. */
  public NDList parameters() {
    return new NDList(parameters.stream().map(Parameter::getArray).toList());
  }

  /** Lets autograd compute gradients of this module's trainable parameters from now on. */
  public void train() {
    train(any -> 1);
  }

  /**
   * Lets autograd compute gradients of those of this module's parameters that are trained, from now
   * on.
   *
   * @param rates as in {@link #trainable(ToDoubleFunction)}
   */
  public void train(ToDoubleFunction<ParameterSpec> rates) {
    trainable(rates).forEach(parameter -> parameter.array().setRequiresGradient(true));
  }

  /**
   * Computes the module.
   *
   * @param features the module's input, B x ...
   * @param keep scales of the kept branches, (2 x droppable layers) x B, or no rows to keep
   *     everything
   * @param training whether running statistics are updated
   */
  public NDArray forward(NDArray features, NDArray keep, boolean training) {
    NDList inputs = droppableLayers == 0 ? new NDList(features) : new NDList(features, keep);
    // A store of its own: threads that share one wait for each other at every parameter.
    var store = new ParameterStore(manager, /* copy= */ false);
    return block.forward(store, inputs, training).head();
  }

  /**
   * Computes the module with all branches kept.
   *
   * @param features the module's input, B x ...
   * @param training whether running statistics are updated
   */
  public NDArray forward(NDArray features, boolean training) {
    try (NDArray keepAll = ModularNetwork.keepAll(features.getManager())) {
      return forward(features, keepAll, training);
    }
  }

  /** Copies the parameters out of the engine. */
  public Weights weights() {
    return weights("", new TensorCopies());
  }

  /**
   * Copies the parameters out of the engine, onto copies that were made before.
   *
   * @param prefix of the tensors' names
   * @param copies where they lie
   */
  public Weights weights(String prefix, TensorCopies copies) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (int i = 0; i < specs.size(); i++) {
      String name = prefix + specs.get(i).name();
      tensors.put(name, copies.of(name, parameters.get(i).getArray()));
    }
    return new Weights(tensors);
  }

  /**
   * Overwrites all parameters in place, for training to go on from kept values.
   *
   * @param weights tensors in the order of the parameters
   */
  public void restore(Weights weights) {
    try (GradientMode mode = GradientMode.frozen()) {
      forEachTensor(
          weights, (values, index) -> parameters.get(index).getArray().set(values.array()));
    }
  }

  private void load(NDManager manager, Weights weights) {
    forEachTensor(
        weights,
        (values, index) -> setArray(index, manager.create(values, specs.get(index).shape())));
  }

  private void forEachTensor(Weights weights, ObjIntConsumer<FloatBuffer> consumer) {
    if (parameters.size() != specs.size() || weights.tensors().size() != specs.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot load a module: expected %d tensors, got %d for a block of %d parameters",
              specs.size(),
              weights.tensors().size(),
              parameters.size()));
    }
    int index = 0;
    for (var tensor : weights.tensors().entrySet()) {
      ParameterSpec spec = specs.get(index);
      long[] shape = tensor.getValue().shape().stream().mapToLong(Long::longValue).toArray();
      if (!Arrays.equals(shape, spec.shape().getShape())) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cannot load tensor %s into %s: expected shape %s, got %s",
                tensor.getKey(),
                spec.name(),
                spec.shape(),
                tensor.getValue().shape()));
      }
      consumer.accept(FloatBuffer.wrap(tensor.getValue().values()), index);
      index++;
    }
  }

  private void setArray(int index, NDArray array) {
    Parameter parameter = parameters.get(index);
    parameter.close();
    parameter.setShape(null);
    parameter.setArray(array);
    if (specs.get(index).role() == ParameterSpec.Role.BUFFER) {
      parameter.freeze(true); // Else DJL would ask for its gradient in training.
    }
  }
}
