package io.deepincubation.core.method;

import io.deepincubation.core.data.batch.BatchSlice;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.Round;
import io.deepincubation.core.run.Rounds;
import io.deepincubation.core.run.StageKey;
import io.deepincubation.core.run.TrainingState;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.OuterStep;
import io.deepincubation.core.training.StageRounds;
import io.deepincubation.core.training.TrainingSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A worker's part of a round of a stage, in one process. */
public final class RoundWork {

  private final RunContext context;
  private final Compute compute;
  private final StageWork work;

  /**
   * Prepares parts of rounds.
   *
   * @param context the run
   * @param compute where and how this process computes
   */
  public RoundWork(RunContext context, Compute compute) {
    this.context = context;
    this.compute = compute;
    work = new StageWork(context, compute);
  }

  /**
   * What the workers of a stage begin with.
   *
   * @param weights all that is trained, and its running statistics
   * @param statistics names of tensors that are no parameters
   */
  record Start(Weights weights, List<String> statistics) {}

  /**
   * What the workers of a stage begin its first round with, step 0 of the stage.
   *
   * @param stage of several workers
   * @param inputs the weights of the stages that it needs
   */
  Start begin(Stage stage, StageInputs inputs) {
    TorchEngine.useThreads(compute.threads());
    try (ModularNetwork network = work.network(stage, work.start(stage, inputs))) {
      List<NetworkModule> trained = work.objective(stage, network, inputs).trained();
      return new Start(TrainingSnapshot.of(trained), TrainingSnapshot.statistics(trained));
    }
  }

  /**
   * Does a worker's part of a round that nobody has handed in yet, and hands it in.
   *
   * @param stage of several workers
   * @param part which
   * @param inputs the weights of the stages that it needs
   */
  public void run(Stage stage, Assignment part, StageInputs inputs) {
    Rounds rounds = context.folder().rounds(stage.name(), stage.key(context.inputs()));
    Round round = rounds.worked(part.round(), part.inWords());
    List<Weights> ranges = rounds.weights(round);
    Weights weights = Weights.joined(ranges);
    var tensors = new LinkedHashMap<>(weights.tensors());
    rounds.moments(round, part.worker()).ifPresent(moments -> tensors.putAll(moments.tensors()));
    Map<String, Double> counters =
        round.workers().isEmpty() ? Map.of() : round.workers().get(part.worker()).counters();
    var start = new TrainingState(round.step(), new Weights(tensors), counters, List.of());
    var slice = new BatchSlice(part.worker(), part.workers());
    TorchEngine.useThreads(compute.threads());
    try (ModularNetwork network = work.network(stage, start(stage, weights, inputs));
        Replicas replicas = work.replicas(stage, network, inputs)) {
      TrainingState end =
          work.trainer(stage, part, slice, rounds.checkpoints(part))
              .round(
                  replicas.objectives(),
                  network.manager(),
                  start,
                  rounds(stage, context).end(round.step()));
      rounds.handIn(
          part,
          ranges.stream().map(range -> OuterStep.difference(range, end.tensors())).toList(),
          TrainingSnapshot.moments(end.tensors()).ranges(round.rangeBytes()),
          end.counters(),
          end.metrics());
    }
  }

  /** Modules that are trained by the task's loss need not be read a second time. */
  private List<Weights> start(Stage stage, Weights round, StageInputs inputs) {
    List<Integer> trained =
        stage.objective() instanceof StageObjective.TaskLoss ? stage.trainedInOrder() : List.of();
    return IntStream.range(0, stage.network().moduleCount())
        .mapToObj(
            i ->
                trained.contains(i)
                    ? TrainingSnapshot.ofModule(round, trained.indexOf(i))
                    : work.start(stage, i, inputs))
        .toList();
  }

  /** The rounds of a stage on the run's images. */
  private static StageRounds rounds(Stage stage, RunContext context) {
    return StageRounds.of(stage.recipe(), stage.schedule(), context.data().train().learnt());
  }

  /** The state that the last round of a stage has left. */
  static TrainingState end(Stage stage, StageKey key, RunContext context) {
    Rounds rounds = context.folder().rounds(stage.name(), key);
    Round end =
        rounds
            .latest()
            .filter(round -> round.step() == rounds(stage, context).steps())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Cannot end stage " + stage.name() + ": its rounds are not done"));
    return new TrainingState(
        end.step(), Weights.joined(rounds.weights(end)), end.counters(), end.metrics());
  }
}
