package io.deepincubation.core.run;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stage's resumable state: {@code checkpoints/STAGE/step-N-SHA12.safetensors} with the tensors,
 * and {@code step-N.json}, written after it, with the rest and the tensors' digest.
 *
 * <p>The last two states are kept. One that is damaged is passed over for the one before it.
 */
public final class Checkpoints {

  /** What goes with the tensors. */
  private record Marker(
      int formatVersion,
      StageKey key,
      long step,
      Shard tensors,
      Map<String, Double> counters,
      List<MetricsLine> metrics) {}

  /** What every version's marker tells first. */
  private record Version(int formatVersion) {}

  /** The version that this library writes, and the only one it reads. */
  private static final int FORMAT_VERSION = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern FILE = Pattern.compile("step-(\\d{1,18})(-\\p{XDigit}+)?\\.(.+)");
  private static final int KEPT = 2;

  private final Storage storage;
  private final String folder;
  private final StageKey key;
  private final CheckpointPolicy policy;

  /**
   * The state of one stage.
   *
   * @param storage the run's
   * @param stage its name
   * @param key what its bytes follow from
   * @param policy how often a training keeps its state
   */
  public Checkpoints(Storage storage, String stage, StageKey key, CheckpointPolicy policy) {
    this(key, storage, folder(stage), policy);
  }

  private Checkpoints(StageKey key, Storage storage, String folder, CheckpointPolicy policy) {
    this.storage = storage;
    this.key = key;
    this.policy = policy;
    this.folder = folder;
  }

  /** The state of a part of a stage, in a folder of its own. */
  static Checkpoints in(Storage storage, String folder, StageKey key, CheckpointPolicy policy) {
    return new Checkpoints(key, storage, folder, policy);
  }

  /** Where a stage's resumable state lies. */
  static String folder(String stage) {
    return "checkpoints/" + stage.replace('/', '-');
  }

  /**
   * Keeps a training's states as the policy says, beside the training.
   *
   * @param step optimizer steps done before
   */
  public CheckpointKeeper keeper(long step) {
    return new CheckpointKeeper(this, policy, step, System::nanoTime);
  }

  /** Keeps a state, then forgets all but the last two. */
  void save(TrainingState state) {
    String name = "step-" + state.step();
    Shard tensors = WeightsFile.write(storage, folder, name, state.tensors());
    var marker =
        new Marker(FORMAT_VERSION, key, state.step(), tensors, state.counters(), state.metrics());
    storage.write(folder + "/" + name + ".json", stream -> stream.write(Json.pretty(marker)));
    forgetOlder();
  }

  private void forgetOlder() {
    List<String> files = storage.list(folder);
    List<Long> steps = markedSteps(files);
    if (steps.size() < KEPT) {
      return;
    }
    long oldestKept = steps.get(KEPT - 1);
    for (String file : files) {
      OptionalLong step = step(file);
      if (step.isPresent() && step.getAsLong() < oldestKept) {
        storage.delete(folder + "/" + file);
      }
    }
  }

  /**
   * The newest state that is whole.
   *
   * @throws StorageException if another version of this library wrote it, or the storage refuses
   */
  public Optional<TrainingState> latest() {
    List<Long> steps = markedSteps(storage.list(folder));
    Optional<TrainingState> newest = newestWhole(steps);
    List<Long> now = markedSteps(storage.list(folder));
    // Another attempt at the stage may have replaced what was listed.
    return newest.isPresent() || now.equals(steps) ? newest : newestWhole(now);
  }

  private Optional<TrainingState> newestWhole(List<Long> steps) {
    return steps.stream().map(this::read).flatMap(Optional::stream).findFirst();
  }

  /**
   * The key of the stage whose state is kept here, if any is.
   *
   * @throws StorageException if another version of this library wrote it
   */
  static Optional<StageKey> key(Storage storage, String stage) {
    String folder = folder(stage);
    for (long step : markedSteps(storage.list(folder))) {
      String file = file(folder, step);
      try {
        return Optional.of(marker(storage, folder, file).key());
      } catch (CorruptFileException e) {
        LOG.debug("Passed over the damaged {}/{}", storage.uri(), file, e);
      } catch (StorageException e) {
        if (storage.exists(file)) {
          throw e;
        }
        LOG.debug("{}/{} was deleted meanwhile", storage.uri(), file, e);
      }
    }
    return Optional.empty();
  }

  private Optional<TrainingState> read(long step) {
    String file = file(folder, step);
    try {
      Marker marker = marker(storage, folder, file);
      if (!marker.key().equals(key)) {
        LOG.warn("Passed over {}/{}: it is the state of another stage", storage.uri(), file);
        return Optional.empty();
      }
      Weights tensors = WeightsFile.read(storage, folder, marker.tensors());
      return Optional.of(
          new TrainingState(marker.step(), tensors, marker.counters(), marker.metrics()));
    } catch (CorruptFileException e) {
      LOG.warn(
          "Skipped the damaged state {}/{}: {}; going on from the one before it",
          storage.uri(),
          file,
          e.getMessage());
      return Optional.empty();
    } catch (StorageException e) {
      if (storage.exists(file)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static String file(String folder, long step) {
    return folder + "/step-" + step + ".json";
  }

  private static Marker marker(Storage storage, String folder, String file)
      throws CorruptFileException {
    int version = Json.read(storage, file, Version.class).formatVersion();
    requireKnown(storage, folder, file, version);
    return Json.read(storage, file, Marker.class);
  }

  private static void requireKnown(Storage storage, String folder, String file, int formatVersion) {
    if (formatVersion != FORMAT_VERSION) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot go on from %s/%s: expected format version %d, got %d; use the version of this"
                  + " library that wrote it, or delete %s/%s to begin the stage anew",
              storage.uri(),
              file,
              FORMAT_VERSION,
              formatVersion,
              storage.uri(),
              folder));
    }
  }

  /** Steps that have a marker, the last one first. */
  private static List<Long> markedSteps(List<String> files) {
    return files.stream()
        .filter(file -> file.endsWith(".json"))
        .map(Checkpoints::step)
        .flatMap(step -> step.stream().boxed())
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static OptionalLong step(String file) {
    Matcher matcher = FILE.matcher(file);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }
}
