package io.deepincubation.core.run;

import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attempts at a stage that wait for the driver, {@linkplain HandedIn handed in} by tasks. */
final class FinishedAttempts {

  private final Storage storage;
  private final HandedIn<FinishedAttempt> attempts;

  FinishedAttempts(Storage storage, String stage) {
    this.storage = storage;
    attempts =
        new HandedIn<>(
            storage, Checkpoints.folder(stage), FinishedAttempt.class, this::requireWhole);
  }

  /** Keeps an attempt whose weights are uploaded. */
  void handIn(FinishedAttempt attempt) {
    attempts.add(attempt);
  }

  /**
   * An attempt that is whole, weights included; one that is not, or at a stage of another key, is
   * passed over.
   */
  Optional<FinishedAttempt> finished(StageKey key) {
    return attempts.whole().filter(attempt -> isOf(key, attempt.result())).findFirst();
  }

  /** All attempts, whether their weights are whole or not. */
  List<FinishedAttempt> handedIn() {
    return attempts.all().toList();
  }

  /** Whether a result is of a key; those of earlier versions have none of their own. */
  static boolean isOf(StageKey key, StageResult result) {
    StageKey own = result.key();
    return own == null || own.equals(key);
  }

  private void requireWhole(FinishedAttempt attempt) throws CorruptFileException {
    for (Map.Entry<String, List<Shard>> folder : attempt.result().weights().entrySet()) {
      for (Shard shard : folder.getValue()) {
        WeightsFile.requireWhole(storage, folder.getKey(), shard);
      }
    }
  }
}
