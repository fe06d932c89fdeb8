package io.deepincubation.core.run;

import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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

  /** An attempt that is whole, weights included; one that is not is passed over. */
  Optional<FinishedAttempt> finished() {
    return attempts(/* whole= */ true);
  }

  /** An attempt, whether its weights are whole or not. */
  Optional<FinishedAttempt> handedIn() {
    return attempts(/* whole= */ false);
  }

  private Optional<FinishedAttempt> attempts(boolean whole) {
    return storage.list(Checkpoints.folder(stage)).stream()
        .filter(file -> file.startsWith(PREFIX))
        .map(file -> read(Checkpoints.folder(stage) + "/" + file, whole))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<FinishedAttempt> read(String name, boolean whole) {
    try {
      FinishedAttempt attempt = Json.read(storage, name, FinishedAttempt.class);
      for (Shard shard : whole ? attempt.result().shards() : List.<Shard>of()) {
        WeightsFile.requireWhole(storage, stage, shard);
      }
      return Optional.of(attempt);
    } catch (CorruptFileException e) {
      LOG.warn(
          "Skipped the damaged attempt {}/{}: {}; the stage goes on from its last checkpoint",
          storage.uri(),
          name,
          e.getMessage());
      return Optional.empty();
    }
  }
}
