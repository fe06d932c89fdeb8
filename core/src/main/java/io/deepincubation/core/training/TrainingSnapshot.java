package io.deepincubation.core.training;

import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies all that a training changes out of the engine, and puts it back. */
public final class TrainingSnapshot {

  /** Names of a network's tensors begin so, those of the optimizer otherwise. */
  private static final String MODULE = "module.";

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

  /** Puts kept values back; without any of the optimizer that begins anew. */
  void restore(Weights kept) {
    for (int i = 0; i < trained.size(); i++) {
      trained.get(i).restore(ofModule(kept, i));
    }
    if (!moments(kept).tensors().isEmpty()) {
      optimizer.restore(kept);
    }
    optimizer.spread();
  }

  private static String prefix(int index) {
    return MODULE + index + ".";
  }

  /** What training changes of some modules, named as in a snapshot. */
  public static Weights of(List<NetworkModule> trained) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (int i = 0; i < trained.size(); i++) {
      tensors.putAll(trained.get(i).weights(prefix(i), new TensorCopies()).tensors());
    }
    return new Weights(tensors);
  }

  /** Names, as in a snapshot, of what is no parameter. */
  public static List<String> statistics(List<NetworkModule> trained) {
    var names = new ArrayList<String>();
    for (int i = 0; i < trained.size(); i++) {
      for (ParameterSpec spec : trained.get(i).specs()) {
        if (spec.role() == ParameterSpec.Role.BUFFER) {
          names.add(prefix(i) + spec.name());
        }
      }
    }
    return List.copyOf(names);
  }

  /** The tensors of one of the trained modules. */
  public static Weights ofModule(Weights kept, int index) {
    return Weights.startingWith(prefix(index), kept.tensors());
  }

  /** All but the network's. */
  public static Weights moments(Weights kept) {
    var tensors = new LinkedHashMap<>(kept.tensors());
    tensors.keySet().removeIf(name -> name.startsWith(MODULE));
    return new Weights(tensors);
  }
}
