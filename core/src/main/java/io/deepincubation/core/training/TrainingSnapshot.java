package io.deepincubation.core.training;

import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies all that a training changes out of the engine, and puts it back. */
final class TrainingSnapshot {

  private final List<NetworkModule> trained;
  private final Optimizer optimizer;
  private final TensorCopies copies = new TensorCopies();

  TrainingSnapshot(List<NetworkModule> trained, Optimizer optimizer) {
    this.trained = List.copyOf(trained);
    this.optimizer = optimizer;
  }

  /** Parameters and the optimizer's state; the next call overwrites them. */
  Map<String, Weights.Tensor> take() {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (int i = 0; i < trained.size(); i++) {
      tensors.putAll(trained.get(i).weights(prefix(i), copies).tensors());
    }
    tensors.putAll(optimizer.state(copies));
    return tensors;
  }

  /** Puts kept values back. */
  void restore(Weights kept) {
    for (int i = 0; i < trained.size(); i++) {
      trained.get(i).restore(Weights.startingWith(prefix(i), kept.tensors()));
    }
    optimizer.restore(kept);
  }

  private static String prefix(int index) {
    return "module." + index + ".";
  }
}
