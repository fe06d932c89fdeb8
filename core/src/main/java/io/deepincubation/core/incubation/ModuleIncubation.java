package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Module incubation (Sec. 3, Eq. 3 to 5): a fresh target module takes its counterpart's place in
 * the fixed meta model and is trained on the task's loss.
 *
 * <p>It needs nothing of the other modules' incubations, so it runs anywhere, and any number at
 * once.
 */
public final class ModuleIncubation {

  private final RunContext context;
  private final Compute compute;

  /**
   * Prepares incubations.
   *
   * @param context the run
   * @param compute where and how this task computes
   */
  public ModuleIncubation(RunContext context, Compute compute) {
    this.context = context;
    this.compute = compute;
  }

  /**
   * Incubates one module and commits it, unless it is committed already.
   *
   * @param moduleIndex the module
   * @param meta the pre-trained meta model's modules
   */
  public StageResult incubate(int moduleIndex, List<Weights> meta) {
    String stage = Stages.module(moduleIndex);
    return context.folder().result(stage).orElseGet(() -> train(moduleIndex, stage, meta));
  }

  private StageResult train(int moduleIndex, String stage, List<Weights> meta) {
    ModularDivision target = context.recipe().targetDivision();
    ModularDivision hybrid = context.recipe().metaDivision().hybrid(target, moduleIndex);
    var start = new ArrayList<>(meta);
    start.set(moduleIndex, context.start().of(target, moduleIndex, "target"));
    return new NetworkTraining(context, compute)
        .run(
            new NetworkTraining.Plan(
                stage,
                moduleIndex,
                context.recipe().incubation().stage(),
                hybrid,
                start,
                Set.of(moduleIndex),
                target));
  }
}
