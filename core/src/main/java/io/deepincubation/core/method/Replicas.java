package io.deepincubation.core.method;

import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.training.Objective;
import io.deepincubation.core.training.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a training minimises, over a network on each of its task's devices. */
public final class Replicas implements AutoCloseable {

  private final List<ModularNetwork> others = new ArrayList<>();
  private final List<Objective> objectives = new ArrayList<>();

  /**
   * Copies a network to the other devices.
   *
   * @param network on the first device; closed by whoever opened it
   * @param compute where the task computes
   * @param objective over a network
   */
  Replicas(ModularNetwork network, Compute compute, Function<ModularNetwork, Objective> objective) {
    int devices = compute.devices().size();
    List<Weights> weights = devices == 1 ? List.of() : network.weights();
    for (int i = 1; i < devices; i++) {
      others.add(
          new ModularNetwork(network.architecture(), network.division(), weights, compute.on(i)));
    }
    objectives.add(objective.apply(network));
    others.forEach(other -> objectives.add(objective.apply(other)));
  }

  /** That of the first device, then those of the others. */
  List<Objective> objectives() {
    return List.copyOf(objectives);
  }

  /**
   * Checks that all of a task's devices have something to do.
   *
   * @param stage that the task trains
   * @param devices of the task
   * @param architecture of its networks
   * @throws RecipeException if the stage's batches cannot be spread over them
   */
  public static void requireFit(Stage stage, int devices, Architecture architecture) {
    if (devices > 1 && stage.trains()) {
      TrainingStep.requireParts(
          stage.recipe().batch().size() / stage.workers(), architecture.imagesAtOnce(), devices);
    }
  }

  @Override
  public void close() {
    others.forEach(ModularNetwork::close);
  }
}
