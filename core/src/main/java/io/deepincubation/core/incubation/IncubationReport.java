package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.StageResult;
import java.util.List;

/**
 * What a run of Algorithm 1 gave.
 *
 * @param meta the meta model
 * @param modules each incubated module, with its hybrid network's accuracy
 * @param assembled the assembled model before fine-tuning
 * @param tuned the final model
 */
public record IncubationReport(
    StageResult meta, List<StageResult> modules, StageResult assembled, StageResult tuned) {

  /** Copies. */
  public IncubationReport {
    modules = List.copyOf(modules);
  }

  /** Operations of all training, from the meta model to the end of fine-tuning. */
  public double trainingFlops() {
    return meta.trainingFlops()
        + modules.stream().mapToDouble(StageResult::trainingFlops).sum()
        + tuned.trainingFlops();
  }
}
