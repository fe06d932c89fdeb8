package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.ConfusionMatrix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Deep Incubation (Algorithm 1): pre-train a meta model, incubate the target's modules in it one by
 * one and independently, assemble them, fine-tune.
 *
 * <p>A stage that is committed in the run folder is not repeated, so every method may be called
 * again, and a run that was stopped goes on.
 */
public final class DeepIncubation {

  private final RunContext context;
  private final Compute compute;
  private final ModuleTasks tasks;
  private final Recipe recipe;
  private final ModularDivision target;
  private final ModularDivision meta;

  /**
   * Prepares a run.
   *
   * @param context the run
   * @param compute where and how the stages of whole networks compute
   * @param tasks where the modules are incubated
   */
  public DeepIncubation(RunContext context, Compute compute, ModuleTasks tasks) {
    this.context = context;
    this.compute = compute;
    this.tasks = tasks;
    recipe = context.recipe();
    target = recipe.targetDivision();
    meta = recipe.metaDivision();
  }

  /** The whole of Algorithm 1. */
  public IncubationReport run() {
    StageResult metaModel = preTrainMetaModel();
    List<StageResult> modules = incubateModules();
    StageResult assembled = assemble();
    StageResult tuned = fineTune();
    return new IncubationReport(metaModel, modules, assembled, tuned);
  }

  /** Pre-trains the meta model end to end (Alg. 1, lines 1 and 2). */
  public StageResult preTrainMetaModel() {
    return committedOr(
        Stages.META, () -> train(Stages.META, recipe.meta(), meta, fresh(meta, Stages.META)));
  }

  /** Incubates every module that is not committed yet (Alg. 1, lines 3 to 6). */
  public List<StageResult> incubateModules() {
    List<Integer> missing = missingModules();
    if (!missing.isEmpty()) {
      tasks.incubate(weightsOf(Stages.META, "pretrain-meta"), missing);
    }
    return IntStream.range(0, target.moduleCount())
        .mapToObj(i -> require(Stages.module(i), "incubate"))
        .toList();
  }

  private List<Integer> missingModules() {
    return IntStream.range(0, target.moduleCount())
        .filter(i -> context.folder().result(Stages.module(i)).isEmpty())
        .boxed()
        .toList();
  }

  /** Assembles the incubated modules into the target model (Alg. 1, line 7; Eq. 6). */
  public StageResult assemble() {
    return committedOr(
        Stages.ASSEMBLED,
        () -> {
          var modules = new ArrayList<Weights>();
          for (int i = 0; i < target.moduleCount(); i++) {
            modules.addAll(weightsOf(Stages.module(i), "incubate"));
          }
          return commitAssembled(modules);
        });
  }

  private StageResult commitAssembled(List<Weights> modules) {
    TorchEngine.useThreads(compute.threads());
    String startedAt = Instant.now().toString();
    try (var memory = MemoryWatch.start(compute.device());
        var network = new ModularNetwork(context.architecture(), target, modules, compute)) {
      double accuracy = new NetworkTraining(context, compute).confusion(network).accuracy();
      var shards = new ArrayList<Shard>();
      for (int i = 0; i < modules.size(); i++) {
        shards.add(context.folder().writeShard(Stages.ASSEMBLED, i, modules.get(i)));
      }
      var origin = StageRecords.Origin.of(context.place(), compute, memory, startedAt);
      StageResult result = StageRecords.assembled(Stages.ASSEMBLED, accuracy, origin, shards);
      return context.folder().commit(result, context.configuration(target), List.of());
    }
  }

  /** Fine-tunes the assembled model end to end (Alg. 1, line 8). */
  public StageResult fineTune() {
    return committedOr(
        Stages.FINAL,
        () ->
            train(
                Stages.FINAL,
                recipe.fineTuning(),
                target,
                weightsOf(Stages.ASSEMBLED, "assemble")));
  }

  /** Trains the target model end to end from fresh weights: the baseline of Tab. 1 and 2. */
  public StageResult trainEndToEnd() {
    String stage = Stages.END_TO_END;
    return committedOr(stage, () -> train(stage, recipe.endToEnd(), target, fresh(target, stage)));
  }

  /**
   * Measures the network of a committed stage on the test split once more, from its files.
   *
   * @param result the stage
   * @return which class each image is taken for
   * @throws RecipeException if it is a module's
   */
  public ConfusionMatrix confusion(StageResult result) {
    if (result.moduleIndex() != null) {
      throw new RecipeException(
          "Cannot evaluate "
              + result.stage()
              + ": expected the stage of a whole network, got a module's");
    }
    TorchEngine.useThreads(compute.threads());
    ModularDivision division = result.stage().equals(Stages.META) ? meta : target;
    try (var network =
        new ModularNetwork(
            context.architecture(), division, context.folder().weights(result), compute)) {
      return new NetworkTraining(context, compute).confusion(network);
    }
  }

  /**
   * Computes the stage of a whole network by its name, or finds it committed.
   *
   * @param stage {@code meta}, {@code assembled}, {@code final} or {@code baselines/e2e}
   */
  public StageResult network(String stage) {
    return switch (stage) {
      case Stages.META -> preTrainMetaModel();
      case Stages.ASSEMBLED -> assemble();
      case Stages.FINAL -> fineTune();
      case Stages.END_TO_END -> trainEndToEnd();
      default ->
          throw new IllegalArgumentException(
              "Cannot compute " + stage + ": expected the stage of a whole network");
    };
  }

  private StageResult train(
      String stage, StageRecipe stageRecipe, ModularDivision division, List<Weights> start) {
    return new NetworkTraining(context, compute)
        .run(
            new NetworkTraining.Plan(
                stage, -1, stageRecipe, division, start, division.allModules(), division));
  }

  private List<Weights> fresh(ModularDivision division, String purpose) {
    return IntStream.range(0, division.moduleCount())
        .mapToObj(i -> context.start().of(division, i, purpose))
        .toList();
  }

  private StageResult committedOr(String stage, Supplier<StageResult> work) {
    return context.folder().result(stage).orElseGet(work);
  }

  private List<Weights> weightsOf(String stage, String verb) {
    return context.folder().weights(require(stage, verb));
  }

  private StageResult require(String stage, String verb) {
    return context
        .folder()
        .result(stage)
        .orElseThrow(
            () ->
                new MissingStageException(
                    String.format(
                        "Cannot find stage %s in %s: run `%s` first",
                        stage, context.folder().uri(), verb)));
  }
}
