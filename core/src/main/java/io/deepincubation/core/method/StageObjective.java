package io.deepincubation.core.method;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkPart;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.recipe.TransferRecipe;
import io.deepincubation.core.training.ImitationObjective;
import io.deepincubation.core.training.LayerRates;
import io.deepincubation.core.training.LocalLosses;
import io.deepincubation.core.training.LocalObjective;
import io.deepincubation.core.training.Objective;
import io.deepincubation.core.training.Task;
import java.io.Serializable;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a stage's training minimises, as data. */
public sealed interface StageObjective extends Serializable {

  /** What a stage's key says of it, by name; nothing for the task's loss. */
  Map<String, String> facts();

  /** Operations of one image's training pass. */
  StageCost cost(Stage stage, Architecture architecture);

  /**
   * What is minimised over a network in memory.
   *
   * @param stage the stage
   * @param network its network
   * @param task what the run is about
   * @param inputs the weights of stages that it needs
   */
  Objective over(Stage stage, ModularNetwork network, Task task, StageInputs inputs);

  /** Bytes of networks that are trained along, and are no part of the stage's network. */
  default long auxiliaryBytes(Stage stage, Architecture architecture) {
    return 0;
  }

  private static ToDoubleFunction<ParameterSpec> rates(Stage stage) {
    TransferRecipe transfer = stage.recipe().transfer();
    return transfer.isOn()
        ? new LayerRates(
            stage.network().depth(),
            transfer.layerDecay(),
            transfer.headRate(),
            transfer.freezeBackbone())
        : any -> 1;
  }

  private static StochasticDepth stochasticDepth(Stage stage) {
    return new StochasticDepth(stage.schedule().stochasticDepth());
  }

  /** The task's own loss at the network's output (Eq. 5). */
  record TaskLoss() implements StageObjective {

    @Override
    public Map<String, String> facts() {
      return Map.of();
    }

    @Override
    public StageCost cost(Stage stage, Architecture architecture) {
      return StageCost.ofTask(architecture, stage.network(), stage.trained());
    }

    @Override
    public Objective over(Stage stage, ModularNetwork network, Task task, StageInputs inputs) {
      return task.objective(
          network,
          stage.trained(),
          rates(stage),
          stochasticDepth(stage),
          stage.recipe().batch().recomputeActivations());
    }
  }

  /**
   * The mean distance, in the L1 norm, of a module's output from that of its counterpart in the
   * meta model, for the same input (Fig. 2b).
   *
   * @param stage the meta model's name
   * @param meta its depths
   */
  record FeatureL1(String stage, ModularDivision meta) implements StageObjective {

    @Override
    public Map<String, String> facts() {
      return Map.of("kind", "imitation of " + stage + " " + meta);
    }

    @Override
    public StageCost cost(Stage trained, Architecture architecture) {
      int module = trained.trainedInOrder().get(0);
      StageCost before =
          IntStream.rangeClosed(0, module)
              .mapToObj(i -> StageCost.ofForward(architecture, meta, i))
              .reduce(StageCost.NONE, StageCost::plus);
      return before.plus(StageCost.ofForward(architecture, trained.network(), module).times(3));
    }

    @Override
    public Objective over(Stage trained, ModularNetwork network, Task task, StageInputs inputs) {
      int module = trained.trainedInOrder().get(0);
      return new ImitationObjective(
          network,
          task,
          module,
          meta,
          inputs.module(trained.need(stage), module),
          stochasticDepth(trained));
    }
  }

  /**
   * A loss for each module at auxiliary networks of its own, that of the last one at the network's
   * output; gradients never cross a module's boundary.
   *
   * @param losses what each module minimises
   */
  record Local(LocalLosses losses) implements StageObjective {

    @Override
    public Map<String, String> facts() {
      return Map.of(
          "head",
          losses.head().name().toLowerCase(Locale.ROOT),
          "lambda1",
          losses.lambda1().toString(),
          "lambda2",
          losses.lambda2().toString());
    }

    @Override
    public StageCost cost(Stage stage, Architecture architecture) {
      StageCost modules =
          StageCost.ofTask(architecture, stage.network(), stage.network().allModules());
      return auxiliaries(stage, architecture)
          .map(part -> new StageCost(part.forwardFlops(), part.computedFlops()).times(3))
          .reduce(modules, StageCost::plus);
    }

    @Override
    public long auxiliaryBytes(Stage stage, Architecture architecture) {
      return auxiliaries(stage, architecture)
          .flatMap(part -> part.specs().stream())
          .mapToLong(spec -> Float.BYTES * spec.size())
          .sum();
    }

    private Stream<NetworkPart> auxiliaries(Stage stage, Architecture architecture) {
      return IntStream.range(0, stage.network().moduleCount())
          .boxed()
          .flatMap(
              k ->
                  losses.auxiliaries(k).stream()
                      .map(kind -> architecture.auxiliary(stage.network(), k, kind)));
    }

    @Override
    public Objective over(Stage stage, ModularNetwork network, Task task, StageInputs inputs) {
      return new LocalObjective(
          network, task, losses, stochasticDepth(stage), stage.recipe().seed());
    }
  }
}
