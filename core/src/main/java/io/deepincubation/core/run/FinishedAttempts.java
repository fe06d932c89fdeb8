package io.deepincubation.core.run;

import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempts at a stage that wait for the driver: {@code checkpoints/STAGE/finished-UUID.json}, each
 * in a file of its own, written after the weights that it names.
 */
final class FinishedAttempts {

  private static final Logger LOG = LoggerFactory.getLogger(FinishedAttempts.class);
  private static final String PREFIX = "finished-";

  private final Storage storage;
  private final String stage;

  FinishedAttempts(Storage storage, String stage) {
    this.storage = storage;
    this.stage = stage;
  }

  /** Keeps an attempt whose weights are uploaded. */
  void handIn(FinishedAttempt attempt) {
    String name = Checkpoints.folder(stage) + "/" + PREFIX + UUID.randomUUID() + ".json";
    storage.write(name, stream -> stream.write(Json.pretty(attempt)));
  }

  /**
   * An attempt that is whole, weights included; one that is not, or at a stage of another key, is
   * passed over.
   */
  Optional<FinishedAttempt> finished(StageKey key) {
    return attempts(/* whole= */ true).filter(attempt -> isOf(key, attempt.result())).findFirst();
  }

  /** All attempts, whether their weights are whole or not. */
  List<FinishedAttempt> handedIn() {
    return attempts(/* whole= */ false).toList();
  }

  /** Whether a result is of a key; those of earlier versions have none of their own. */
  static boolean isOf(StageKey key, StageResult result) {
    StageKey own = result.key();
    return own == null || own.equals(key);
  }

  private Stream<FinishedAttempt> attempts(boolean whole) {
    return storage.list(Checkpoints.folder(stage)).stream()
        .filter(file -> file.startsWith(PREFIX))
        .map(file -> read(Checkpoints.folder(stage) + "/" + file, whole))
        .flatMap(Optional::stream);
  }

  private void requireWhole(StageResult result) throws CorruptFileException {
    for (Map.Entry<String, List<Shard>> folder : result.weights().entrySet()) {
      for (Shard shard : folder.getValue()) {
        WeightsFile.requireWhole(storage, folder.getKey(), shard);
      }
    }
  }

  private Optional<FinishedAttempt> read(String name, boolean whole) {
    try {
      FinishedAttempt attempt = Json.read(storage, name, FinishedAttempt.class);
      if (whole) {
        requireWhole(attempt.result());
      }
      return Optional.of(attempt);
    } catch (CorruptFileException e) {
      LOG.warn(
          "Skipped the damaged attempt {}/{}: {}; the stage goes on from its last checkpoint",
          storage.uri(),
          name,
          e.getMessage());
      return Optional.empty();
    } catch (StorageException e) {
      if (storage.exists(name)) {
        throw e;
      }
      return Optional.empty(); // Committed, and deleted, meanwhile.
    }
  }
}
