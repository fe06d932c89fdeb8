package io.deepincubation.core.run;

import io.deepincubation.core.storage.StorageException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where what came of a stage goes, once its weights are written to the run's folder. */
public sealed interface StageOutcomes permits Commits, HandIns {

  /**
   * What came of a stage before, so that it is not computed again.
   *
   * @param stage its name
   * @param key what its bytes follow from; what came of a stage of another key is not taken for it
   * @throws StorageException if the result is damaged
   */
  Optional<StageResult> found(String stage, StageKey key);

  /**
   * Takes what came of a stage.
   *
   * @param result what was done
   * @param configuration what {@code config.json} says of the network
   * @param metrics the lines of {@code metrics.jsonl}
   * @param answers what the network says of the test images
   * @return the result that counts
   */
  StageResult keep(
      StageResult result,
      Map<String, Object> configuration,
      List<MetricsLine> metrics,
      Answers answers);
}
