package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.inference.TrainedModel;
import io.deepincubation.core.network.Compute;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The models of this process: each is read once and shared by its tasks. One that no task uses is
 * kept until another is read.
 */
final class LoadedModels {

  private static final Map<Key, Entry> MODELS = new HashMap<>();

  private record Key(String uri, String digest, Compute compute) {}

  private static final class Entry {
    private final ModelFolder folder;
    private final TrainedModel model;
    private int users;

    Entry(ModelFolder folder, TrainedModel model) {
      this.folder = folder;
      this.model = model;
    }
  }

  /** A task's use of a model, until it is closed. */
  record Lease(TrainedModel model, ModelFolder folder, Runnable end) implements AutoCloseable {

    /** The model by what it tells, which its folder said before. */
    <T extends TrainedModel> T as(Class<T> kind) {
      return kind.cast(model);
    }

    @Override
    public void close() {
      end.run();
    }
  }

  private LoadedModels() {}

  /**
   * A model, read where this process does not have it.
   *
   * @param digest that the driver found
   * @throws UnfitDataException if there is another model by now
   */
  static Lease acquire(StorageFactory storages, String uri, String digest, Compute compute) {
    synchronized (MODELS) {
      var key = new Key(uri, digest, compute);
      Entry entry = MODELS.get(key);
      if (entry == null) {
        closeUnused();
        entry = read(ModelFolder.open(storages.open(uri)), digest, compute);
        MODELS.put(key, entry);
      }
      entry.users++;
      Entry used = entry;
      return new Lease(used.model, used.folder, () -> release(used));
    }
  }

  private static Entry read(ModelFolder folder, String digest, Compute compute) {
    String found = folder.digest();
    if (!found.equals(digest)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot go on with the model of %s: expected digest %s, got %s; it was replaced"
                  + " meanwhile, load it again",
              folder.uri(),
              digest,
              found));
    }
    return new Entry(folder, TrainedModel.of(folder, compute));
  }

  private static void closeUnused() {
    MODELS
        .values()
        .removeIf(
            entry -> {
              if (entry.users == 0) {
                entry.model.close();
              }
              return entry.users == 0;
            });
  }

  private static void release(Entry entry) {
    synchronized (MODELS) {
      entry.users--;
    }
  }
}
