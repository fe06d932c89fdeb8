package io.deepincubation.core.training;

import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.StochasticDepth;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** A task's loss of what a whole network gives, over the parameters of some of its modules. */
abstract class OutputObjective implements Objective {

  private final Task task;
  private final TrainedModules modules;

  OutputObjective(
      ModularNetwork network,
      Task task,
      Set<Integer> trainedModules,
      ToDoubleFunction<ParameterSpec> rates,
      StochasticDepth stochasticDepth) {
    this.task = task;
    modules =
        new TrainedModules(
            network, trainedModules, rates, new DroppedBranches(network, stochasticDepth));
    modules.train();
  }

  /** The modules, and the forward pass through them. */
  TrainedModules modules() {
    return modules;
  }

  @Override
  public List<NetworkModule> trained() {
    return modules.list();
  }

  @Override
  public double rate(ParameterSpec parameter) {
    return modules.rates().applyAsDouble(parameter);
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public ModularNetwork network() {
    return modules.network();
  }
}
