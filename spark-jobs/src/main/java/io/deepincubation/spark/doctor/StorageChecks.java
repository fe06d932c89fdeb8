package io.deepincubation.spark.doctor;

import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.text.Quantities;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.UUID;

/**
 * Checks of storage by using it: wrong credentials, for one, are told by the first operation alone.
 */
public final class StorageChecks {

  private static final byte[] CONTENT = new byte[1 << 16];

  static {
    Arrays.fill(CONTENT, (byte) 7);
  }

  private StorageChecks() {}

  /** Reads a training set's index. */
  public static Finding data(Storage storage) {
    if (!storage.exists(DataIndex.FILE)) {
      return Finding.fail(
          "data", "no training set at " + storage.uri(), "run `prepare`, or check --data");
    }
    DataIndex index = PreparedSet.open(storage).index();
    long images = index.splits().keySet().stream().mapToLong(index::count).sum();
    return Finding.ok(
        "data", "read " + storage.uri() + ": " + Quantities.count(images) + " images");
  }

  /** Writes, reads and deletes a file in a run's folder. */
  public static Finding run(Storage storage) throws IOException {
    String name = "doctor-" + UUID.randomUUID();
    try {
      storage.write(name, stream -> stream.write(CONTENT));
      try (InputStream stream = storage.open(name)) {
        if (!Arrays.equals(stream.readAllBytes(), CONTENT)) {
          return Finding.fail(
              Finding.STORAGE,
              "read other bytes than were written at " + storage.uri(),
              "check the file system");
        }
      }
    } finally {
      storage.delete(name);
    }
    return storage.exists(name)
        ? Finding.fail(
            Finding.STORAGE,
            "a deleted file stays in " + storage.uri(),
            "check what may be deleted")
        : Finding.ok(Finding.STORAGE, "wrote, read and deleted in " + storage.uri());
  }
}
