package io.deepincubation.core.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a task does in its run's folder: it hands in, in a file of its own, what it did, and the
 * driver commits it.
 */
public final class HandIns implements StageOutcomes {

  private final RunFolder folder;

  HandIns(RunFolder folder) {
    this.folder = folder;
  }

  /** What was committed, or what an attempt that is whole has handed in. */
  @Override
  public Optional<StageResult> found(String stage, StageKey key) {
    Optional<StageResult> committed =
        folder.result(stage).filter(result -> FinishedAttempts.isOf(key, result));
    return committed.isPresent()
        ? committed
        : folder.attempts(stage).finished(key).map(FinishedAttempt::result);
  }

  @Override
  public StageResult keep(
      StageResult result,
      Map<String, Object> configuration,
      List<MetricsLine> metrics,
      Answers answers) {
    folder
        .attempts(result.stage())
        .handIn(FinishedAttempt.of(result, configuration, metrics, answers));
    return result;
  }
}
