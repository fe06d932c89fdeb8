package io.deepincubation.core.tracking;

import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.util.UUID;

/**
 * What trackers know a run by; kept as {@value #FILE} in its folder, so that a run that is resumed
 * goes on where it was shown.
 *
 * @param key of the run
 */
record TrackedRun(String key) {

  private static final String FILE = "tracking.json";

  /**
   * The key of a run, made now if it has none. By one thread at a time: a run's trackers all ask
   * for it at its begin, and where a store {@linkplain Storage#createsAtomically creates no file
   * atomically} the second would replace what the first goes by.
   */
  static synchronized String key(RunFolder run) {
    return key(run.storage(), UUID.randomUUID().toString());
  }

  /**
   * The key that is kept in a folder.
   *
   * @param folder the run's, or a tracker's
   * @param fresh kept there if there is none
   */
  static String key(Storage folder, String fresh) {
    if (!folder.exists(FILE)) {
      folder.create(FILE, stream -> stream.write(Json.pretty(new TrackedRun(fresh))));
    }
    try {
      return Json.read(folder, FILE, TrackedRun.class).key();
    } catch (CorruptFileException e) {
      throw new StorageException(
          "Cannot read " + folder.uri() + "/" + FILE + ": " + e.getMessage() + "; delete it", e);
    }
  }
}
