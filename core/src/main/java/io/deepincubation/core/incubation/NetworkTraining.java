package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.data.BatchKey;
import io.deepincubation.core.data.EvaluationBatches;
import io.deepincubation.core.data.TrainingBatches;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.ConfusionMatrix;
import io.deepincubation.core.training.Evaluator;
import io.deepincubation.core.training.TaskObjective;
import io.deepincubation.core.training.Trainer;
import io.deepincubation.core.training.TrainingOutcome;
import io.deepincubation.core.training.TrainingStep;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Trains some modules of a network on the task's loss and commits them: the one procedure behind
 * meta pre-training, module incubation, fine-tuning and end-to-end training, which differ in their
 * plan alone.
 */
final class NetworkTraining {

  /**
   * What is trained.
   *
   * @param stage the stage's name
   * @param moduleIndex the one module the stage is about, or -1 for the whole network
   * @param recipe epochs, warm-up, stochastic depth and clipping
   * @param division the network's depths
   * @param start each module's first weights
   * @param trained indices of the modules that are trained, and committed
   * @param kept the division that the committed weights are named for
   */
  record Plan(
      String stage,
      int moduleIndex,
      StageRecipe recipe,
      ModularDivision division,
      List<Weights> start,
      Set<Integer> trained,
      ModularDivision kept) {}

  /** Images of a forward pass of an evaluation, where training computes no fewer at once. */
  private static final int EVALUATION_BATCH = 256;

  private final RunContext context;
  private final Compute compute;

  NetworkTraining(RunContext context, Compute compute) {
    this.context = context;
    this.compute = compute;
  }

  /** Trains, writes the trained modules' weights and commits the stage. */
  StageResult run(Plan plan) {
    TorchEngine.useThreads(compute.threads());
    String startedAt = Instant.now().toString();
    try (var memory = MemoryWatch.start(compute.device());
        var network =
            new ModularNetwork(context.architecture(), plan.division(), plan.start(), compute)) {
      TrainingOutcome outcome = train(plan, network);
      List<Shard> shards =
          plan.trained().stream().sorted().map(i -> writeShard(plan, network, i)).toList();
      StageResult result =
          StageRecords.trained(
              plan.stage(),
              plan.moduleIndex(),
              outcome,
              outcome.images()
                  * TrainingCost.perImage(context.architecture(), plan.division(), plan.trained()),
              StageRecords.Origin.of(context.place(), compute, memory, startedAt),
              shards);
      return context.folder().commit(result, context.configuration(plan.kept()), outcome.metrics());
    }
  }

  private TrainingOutcome train(Plan plan, ModularNetwork network) {
    Recipe recipe = context.recipe();
    var key = new BatchKey(recipe.seed(), plan.stage(), plan.moduleIndex());
    var batches =
        new TrainingBatches(
            context.data().train(),
            recipe.augmentation(),
            recipe.loss().labelSmoothing(),
            context.data().classes(),
            recipe.batch().size(),
            key,
            compute.threads());
    var trainer =
        new Trainer(
            recipe,
            plan.recipe(),
            key,
            batches,
            compute,
            context.folder().checkpoints(plan.stage()),
            context.progress(),
            context.place());
    var objective =
        new TaskObjective(
            network,
            plan.trained(),
            new StochasticDepth(plan.recipe().stochasticDepth()),
            recipe.batch().recomputeActivations());
    try (Evaluator evaluator = evaluator()) {
      return trainer.train(objective, network.manager(), evaluator.accuracyOf(network));
    }
  }

  /** What a network takes the images of the test split for. */
  ConfusionMatrix confusion(ModularNetwork network) {
    try (Evaluator evaluator = evaluator()) {
      return evaluator.confusion(network);
    }
  }

  /** It takes no more memory than training does. */
  private Evaluator evaluator() {
    var training =
        TrainingStep.Shares.of(
            compute, context.recipe().batch().size(), context.architecture().imagesAtOnce());
    int images = Math.min(EVALUATION_BATCH, training.imagesAtOnce() / training.lanes());
    var batches = new EvaluationBatches(context.data().test(), images);
    return new Evaluator(batches, compute);
  }

  private Shard writeShard(Plan plan, ModularNetwork network, int moduleIndex) {
    List<String> names = ModuleNames.of(context.architecture(), plan.kept(), moduleIndex);
    return context
        .folder()
        .writeShard(plan.stage(), moduleIndex, network.weights(moduleIndex).renamed(names));
  }
}
