package io.deepincubation.core.run;

import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tasks have handed in for the driver: {@code FOLDER/finished-UUID.json}, each in a file of
 * its own, written after the weights that it names.
 *
 * @param <T> what is handed in
 */
final class HandedIn<T extends Record> {

  private static final Logger LOG = LoggerFactory.getLogger(HandedIn.class);
  private static final String PREFIX = "finished-";

  private final Storage storage;
  private final String folder;
  private final Class<T> type;
  private final Check<T> whole;

  /** Whether the files that something names are there. */
  @FunctionalInterface
  interface Check<T> {
    /** Throws where they are not what was written. */
    void require(T handedIn) throws CorruptFileException;
  }

  HandedIn(Storage storage, String folder, Class<T> type, Check<T> whole) {
    this.storage = storage;
    this.folder = folder;
    this.type = type;
    this.whole = whole;
  }

  /** Keeps something whose weights are uploaded. */
  void add(T made) {
    String name = folder + "/" + PREFIX + UUID.randomUUID() + ".json";
    storage.write(name, stream -> stream.write(Json.pretty(made)));
  }

  /** Whatever is whole, weights included; the rest is passed over with a warning. */
  Stream<T> whole() {
    return all(whole);
  }

  /** All that was handed in, whether its weights are whole or not. */
  Stream<T> all() {
    return all(any -> {});
  }

  private Stream<T> all(Check<T> check) {
    return storage.list(folder).stream()
        .filter(file -> file.startsWith(PREFIX))
        .map(file -> read(folder + "/" + file, check))
        .flatMap(Optional::stream);
  }

  private Optional<T> read(String name, Check<T> check) {
    try {
      T made = Json.read(storage, name, type);
      check.require(made);
      return Optional.of(made);
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
