package io.deepincubation.spark;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.data.EvaluationBatches;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Evaluator;

/** The network of a committed stage, read back from its files. */
final class CommittedNetwork {

  private static final int BATCH = 256;

  private final RunContext context;
  private final Compute compute;
  private final StageResult stage;

  CommittedNetwork(RunContext context, Compute compute, StageResult stage) {
    this.context = context;
    this.compute = compute;
    this.stage = stage;
  }

  /** Top-1 accuracy on the test split, 0 to 1. */
  double accuracy() {
    TorchEngine.useThreads(compute.threads());
    try (var network =
        new ModularNetwork(
            context.architecture(), division(), context.folder().weights(stage), compute)) {
      return new Evaluator(new EvaluationBatches(context.data().test(), BATCH), compute)
          .accuracy(network);
    }
  }

  private ModularDivision division() {
    if (stage.moduleIndex() != null) {
      throw new RecipeException(
          "Cannot evaluate "
              + stage.stage()
              + ": expected the stage of a whole network, got a module's");
    }
    return stage.stage().equals(Stages.META)
        ? context.recipe().metaDivision()
        : context.recipe().targetDivision();
  }
}
