package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.EmaRecipe;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The moving average of what a training changes, beside the network or in its place. */
final class AverageWeights {

  private static final String SOURCE =
      """
      def follow(self, share: Tensor, average: List[Tensor], weights: List[Tensor]) -> Tensor:
        torch._foreach_lerp_(average, weights, float(share))
        return share

      def swap(self, one: List[Tensor], other: List[Tensor]) -> Tensor:
        for i in range(len(one)):
          kept = torch.clone(one[i])
          unused = torch.copy_(one[i], other[i])
          unused = torch.copy_(other[i], kept)
        return one[0]
      """;

  private final EmaRecipe recipe;
  private final NDManager manager;
  private final ScriptProgram program;
  private final NDList weights;
  private final NDList average;
  private final TensorCopies copies = new TensorCopies();

  /**
   * Begins an average.
   *
   * @param recipe how it follows
   * @param trained modules whose parameters and running statistics it is of
   * @param manager owns its arrays; on the network's device
   */
  AverageWeights(EmaRecipe recipe, List<NetworkModule> trained, NDManager manager) {
    this.recipe = recipe;
    this.manager = manager;
    program = ScriptProgram.load(manager, SOURCE);
    weights = new NDList();
    trained.forEach(module -> weights.addAll(module.parameters()));
    average = new NDList();
    for (NDArray array : weights) {
      average.add(manager.zeros(array.getShape(), DataType.FLOAT32));
    }
  }

  /**
   * Follows the weights after a step.
   *
   * @param step from 1
   */
  void follow(long step) {
    try (NDManager call = manager.newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDArray share = HostArrays.scalar(TorchEngine.hostManager(call), 1 - recipe.decay(step));
      var arguments = new NDList(share);
      arguments.addAll(ScriptProgram.listOf("average", average));
      arguments.addAll(ScriptProgram.listOf("weights", weights));
      program.call(call, "follow", arguments);
    }
  }

  /** Puts the average in the network's place and keeps the weights in its own, or back. */
  void swap() {
    try (NDManager call = manager.newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var arguments = new NDList(ScriptProgram.listOf("one", average));
      arguments.addAll(ScriptProgram.listOf("other", weights));
      program.call(call, "swap", arguments);
    }
  }

  /** The average, to be kept with the parameters; the next call overwrites it. */
  Map<String, Weights.Tensor> state() {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (int i = 0; i < average.size(); i++) {
      tensors.put(name(i), copies.of(name(i), average.get(i)));
    }
    return tensors;
  }

  /** Puts a kept average back. */
  void restore(Weights kept) {
    for (int i = 0; i < average.size(); i++) {
      average.get(i).set(kept.tensor(name(i)).values());
    }
  }

  private static String name(int index) {
    return "average." + index;
  }
}
