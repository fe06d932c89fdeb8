package io.deepincubation.core.method;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.BatchSlice;
import io.deepincubation.core.data.batch.EvaluationBatches;
import io.deepincubation.core.data.batch.Samples;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.machine.Host;
import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.machine.MemoryWatch;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.BatchRecipe;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.Checkpoints;
import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageKey;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.training.Evaluator;
import io.deepincubation.core.training.ImitationObjective;
import io.deepincubation.core.training.Measure;
import io.deepincubation.core.training.Measurement;
import io.deepincubation.core.training.Measures;
import io.deepincubation.core.training.Objective;
import io.deepincubation.core.training.Tally;
import io.deepincubation.core.training.Task;
import io.deepincubation.core.training.TrainedStage;
import io.deepincubation.core.training.Trainer;
import io.deepincubation.core.training.TrainingOutcome;
import io.deepincubation.core.training.TrainingStep;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stage in one process: its network is put together, trained, measured and handed in. Whatever
 * stages differ in is in their data.
 */
public final class StageWork {

  private static final Logger LOG = LoggerFactory.getLogger(StageWork.class);

  /** Images of a forward pass of an evaluation, where training computes no fewer at once. */
  private static final int EVALUATION_BATCH = 256;

  private final RunContext context;
  private final Compute compute;

  /**
   * Prepares stages.
   *
   * @param context the run
   * @param compute where and how this process computes
   */
  public StageWork(RunContext context, Compute compute) {
    this.context = context;
    this.compute = compute;
  }

  /**
   * Computes a stage and commits it, unless it is committed already.
   *
   * @param stage the stage
   * @param inputs the weights of the stages that it needs
   */
  public StageResult run(Stage stage, StageInputs inputs) {
    StageKey key = stage.key(context.inputs());
    return context.outcomes().found(stage.name(), key).orElseGet(() -> compute(stage, key, inputs));
  }

  private StageResult compute(Stage stage, StageKey key, StageInputs inputs) {
    TorchEngine.useThreads(compute.threads());
    String startedAt = Instant.now().toString();
    try (var memory = MemoryWatch.start(compute.device());
        ModularNetwork network = network(stage, start(stage, inputs))) {
      TrainingOutcome outcome =
          stage.trains() ? train(stage, key, network, inputs) : measured(stage, network);
      List<Shard> shards =
          stage.kept().stream()
              .map(i -> writeShard(stage, stage.name(), i, network.weights(i)))
              .toList();
      warnOfUnanswered(stage, outcome.measured().metrics());
      StageResult result = result(stage, key, outcome, memory.most(), startedAt, shards);
      return context
          .outcomes()
          .keep(
              result,
              context.configuration(stage),
              outcome.metrics(),
              outcome.measured().answers());
    }
  }

  /** A stage's network in memory. */
  ModularNetwork network(Stage stage, List<Weights> weights) {
    return new ModularNetwork(architecture(stage), stage.network(), weights, compute);
  }

  private Architecture architecture(Stage stage) {
    return stage.architecture(context.architecture());
  }

  /** The samples as inputs of the stage's size. */
  private TrainingData data(Stage stage) {
    return stage.isResized() ? context.data().at(stage.image()) : context.data();
  }

  /** What all modules of a stage's network begin with. */
  List<Weights> start(Stage stage, StageInputs inputs) {
    return IntStream.range(0, stage.network().moduleCount())
        .mapToObj(i -> start(stage, i, inputs))
        .toList();
  }

  /** What one module of it begins with. */
  Weights start(Stage stage, int module, StageInputs inputs) {
    Start start = stage.start().get(module);
    if (start instanceof Start.Fresh fresh) {
      return fresh(stage, module, fresh.purpose());
    }
    if (start instanceof Start.FreshTrunk trunk) {
      return ImitationObjective.withMetaHead(
          context.architecture(),
          stage.network(),
          module,
          fresh(stage, module, trunk.purpose()),
          inputs.module(stage.need(trunk.stage()), module));
    }
    if (start instanceof Start.Grown grown) {
      Weights shallow = inputs.module(stage.need(grown.stage()), module);
      return grown
          .growth()
          .of(
              context.architecture(),
              grown.network(),
              stage.network(),
              module,
              shallow,
              fresh(stage, module, grown.purpose()));
    }
    Stage need = stage.need(((Start.Of) start).stage());
    Weights weights = inputs.module(need, module);
    return need.image() == stage.image()
        ? weights
        : architecture(stage).resized(stage.network(), module, weights);
  }

  private Weights fresh(Stage stage, int module, String purpose) {
    return context.start().of(stage.network(), module, stage.recipe().seed(), purpose);
  }

  private TrainingOutcome measured(Stage stage, ModularNetwork network) {
    TrainingData data = data(stage);
    Measurement measured = Measurement.of(tally(stage, network, data.test()));
    Metrics validation =
        data.hasValidation() ? tally(stage, network, data.validation()).metrics() : null;
    return new TrainingOutcome(0, 0, 0, 0, measured, validation, null, List.of(), 0, 0, List.of());
  }

  private static void warnOfUnanswered(Stage stage, Metrics metrics) {
    Double share = metrics.values().get(Metrics.UNANSWERED);
    if (share != null) {
      LOG.warn(
          "Stage {}: the network's outputs are no numbers for {} of the test images, which count as"
              + " wrong",
          stage.name(),
          Quantities.percent(share));
    }
  }

  private TrainingOutcome train(
      Stage stage, StageKey key, ModularNetwork network, StageInputs inputs) {
    Checkpoints checkpoints = context.folder().checkpoints(stage.name(), key);
    Trainer trainer = trainer(stage, Assignment.whole(stage.name()), BatchSlice.WHOLE, checkpoints);
    TrainingData data = data(stage);
    try (Evaluator validation = evaluator(stage, data.validation());
        Evaluator test = data.hasValidation() ? evaluator(stage, data.test()) : validation;
        Replicas replicas = replicas(stage, network, inputs)) {
      Objective objective = replicas.objectives().get(0);
      Measure ofValidation = validation.measureOf(objective);
      var measures =
          data.hasValidation()
              ? new Measures(ofValidation, test.measureOf(objective))
              : Measures.of(ofValidation);
      return stage.workers() > 1
          ? trainer.finish(
              objective, network.manager(), measures, RoundWork.end(stage, key, context))
          : trainer.train(replicas.objectives(), network.manager(), measures);
    }
  }

  /** What a stage's training minimises, on all devices of the task. */
  Replicas replicas(Stage stage, ModularNetwork network, StageInputs inputs) {
    return new Replicas(network, compute, replica -> objective(stage, replica, inputs));
  }

  /** What a stage's training minimises. */
  Objective objective(Stage stage, ModularNetwork network, StageInputs inputs) {
    return stage.objective().over(stage, network, context.task(stage.recipe()), inputs);
  }

  /** The training of a stage, or of a worker's part of a round. */
  Trainer trainer(Stage stage, Assignment assignment, BatchSlice slice, Checkpoints checkpoints) {
    Recipe recipe = stage.recipe();
    var draws = new BatchKey(recipe.seed(), stage.draws(), stage.module().orElse(-1));
    var batches =
        new TrainingBatches(
            data(stage).train().trained(recipe.augmentation(), draws),
            context.task(recipe).targets(),
            recipe.batch().size(),
            draws,
            compute.threads());
    return new Trainer(
        recipe,
        new TrainedStage(
            assignment, stage.moduleIndex(), stage.network().moduleCount(), stage.schedule()),
        draws,
        sampled(recipe, batches).sliced(slice),
        compute,
        checkpoints,
        context.observer(),
        context.attempt());
  }

  private TrainingBatches sampled(Recipe recipe, TrainingBatches batches) {
    return recipe.batch().sampling() == BatchRecipe.Sampling.BALANCED
        ? batches.balanced(context.data().classes().labels())
        : batches;
  }

  /**
   * Measures a committed whole network once more, from its files.
   *
   * @param stage the stage
   * @param samples of a split
   * @param changed what is done to the task that it is measured by
   */
  public Measured measured(Stage stage, Samples samples, UnaryOperator<Task> changed) {
    TorchEngine.useThreads(compute.threads());
    StageInputs committed = StageInputs.of(context.folder());
    List<Weights> weights =
        stage.kept().stream().map(module -> committed.module(stage, module)).toList();
    try (ModularNetwork network = network(stage, weights)) {
      Samples inputs = stage.isResized() ? samples.at(stage.image()) : samples;
      Task task = changed.apply(context.task(stage.recipe()));
      Tally tally = tally(stage, network, inputs, task);
      return new Measured(
          samples.size(),
          tally.metrics(),
          Objects.requireNonNull(tally.classes()),
          tally.confusion().orElse(null));
    }
  }

  private Tally tally(Stage stage, ModularNetwork network, Samples samples) {
    return tally(stage, network, samples, context.task(stage.recipe()));
  }

  private Tally tally(Stage stage, ModularNetwork network, Samples samples, Task task) {
    try (Evaluator evaluator = evaluator(stage, samples)) {
      return evaluator.tally(network, task);
    }
  }

  /** It takes no more memory than training does. */
  private Evaluator evaluator(Stage stage, Samples samples) {
    Recipe recipe = stage.recipe();
    var training =
        TrainingStep.Shares.of(
            compute.on(0), recipe.batch().size(), architecture(stage).imagesAtOnce());
    int images = Math.min(EVALUATION_BATCH, training.imagesAtOnce() / training.lanes());
    var batches = new EvaluationBatches(samples.evaluated(recipe.augmentation()), images);
    return new Evaluator(batches, compute);
  }

  private Shard writeShard(Stage stage, String place, int module, Weights weights) {
    Weights named = weights.renamed(names(stage.named(), module));
    return context.folder().writeShard(place, module, named);
  }

  /** How the weights were chosen, the last ones written beside them. */
  private @Nullable Choice choice(Stage stage, TrainingOutcome outcome) {
    Choice choice = outcome.choice();
    if (choice == null) {
      return null;
    }
    String place = Choice.folder(stage.name());
    return choice.with(
        stage.kept().stream()
            .map(i -> writeShard(stage, place, i, outcome.last().get(i)))
            .toList());
  }

  private List<String> names(ModularDivision division, int module) {
    return context.architecture().parameters(division, module).stream()
        .map(ParameterSpec::name)
        .toList();
  }

  private StageResult result(
      Stage stage,
      StageKey key,
      TrainingOutcome outcome,
      MemoryUse memory,
      String startedAt,
      List<Shard> shards) {
    StageCost cost = StageCost.of(stage, context.architecture()).times((double) outcome.images());
    return new StageResult(
        stage.name(),
        stage.moduleIndex(),
        outcome.images(),
        outcome.epochs(),
        outcome.seconds(),
        cost.nominal(),
        cost.computed(),
        outcome.epochs() == 0 ? null : outcome.loss(),
        outcome.measured().metrics().value(),
        outcome.measured().metrics(),
        outcome.validation(),
        outcome.measured().classes(),
        choice(stage, outcome),
        compute.threads(),
        Host.name(),
        context.attempt().executor(),
        context.attempt().devices(compute),
        memory,
        context.attempt().number(),
        outcome.steps(),
        outcome.resumedFromStep(),
        startedAt,
        Instant.now().toString(),
        shards,
        digest(shards),
        key);
  }

  private static String digest(List<Shard> shards) {
    String digests = shards.stream().map(Shard::sha256).collect(Collectors.joining());
    return Sha256.of(digests.getBytes(StandardCharsets.US_ASCII));
  }
}
