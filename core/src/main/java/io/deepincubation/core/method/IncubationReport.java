package io.deepincubation.core.method;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.run.StageResult;
import java.util.List;

/**
 * What a method's stages gave.
 *
 * @param stages their results in the method's order, one at least
 */
@Stable
public record IncubationReport(List<StageResult> stages) {

  /** Checks and copies. */
  public IncubationReport {
    stages = List.copyOf(stages);
    if (stages.isEmpty()) {
      throw new IllegalArgumentException("Cannot report on no stages: expected one at least");
    }
  }

  /** The last stage's result: of a whole method the trained target model. */
  public StageResult model() {
    return stages.get(stages.size() - 1);
  }

  /** Each module that was trained alone, with its hybrid network's accuracy. */
  public List<StageResult> modules() {
    return stages.stream().filter(result -> result.moduleIndex() != null).toList();
  }

  /**
   * One stage's result.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public StageResult stage(String name) {
    return stages.stream()
        .filter(result -> result.stage().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot find stage "
                        + name
                        + ": expected one of "
                        + stages.stream().map(StageResult::stage).toList()));
  }

  /** Operations of all training. */
  public double trainingFlops() {
    return stages.stream().mapToDouble(StageResult::trainingFlops).sum();
  }
}
