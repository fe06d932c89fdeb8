package io.deepincubation.core.checkpoint;

import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.network.Weights;
import java.util.Comparator;
import java.util.List;
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
      long step, Shard tensors, Map<String, Double> counters, List<MetricsLine> metrics) {}

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern FILE = Pattern.compile("step-(\\d{1,18})(-\\p{XDigit}+)?\\.(.+)");
  private static final int KEPT = 2;
  private static final long BY_TIME = 0;
  private static final long SHORTEST_PAUSE_NANOS = 10_000_000_000L;

  /** Training time between two states, as a multiple of the time that saving one takes. */
  private static final long PAUSE_PER_SAVE = 20;

  private final Storage storage;
  private final String folder;
  private final long everySteps;
  private long savedStep;
  private long pausedSince = System.nanoTime();
  private long pauseNanos = SHORTEST_PAUSE_NANOS;

  /**
   * The state of one stage.
   *
   * @param storage the run's
   * @param stage its name
   */
  public Checkpoints(Storage storage, String stage) {
    this(storage, stage, BY_TIME);
  }

  /**
   * The state of one stage, saved by steps instead of by time.
   *
   * @param storage the run's
   * @param stage its name
   * @param everySteps optimizer steps between two states, at least 1
   */
  public Checkpoints(Storage storage, String stage, long everySteps) {
    this.storage = storage;
    this.everySteps = everySteps;
    folder = "checkpoints/" + stage.replace('/', '-');
  }

  /**
   * Whether it is time to save: so many steps after the state before; or ten seconds after it, or
   * longer where saving takes more than a twentieth of the time.
   *
   * @param step optimizer steps done
   */
  public boolean due(long step) {
    return everySteps == BY_TIME
        ? step > 0 && System.nanoTime() - pausedSince >= pauseNanos
        : step - savedStep >= everySteps;
  }

  /** Keeps a state, then forgets all but the last two. */
  public void save(TrainingState state) {
    long start = System.nanoTime();
    String name = "step-" + state.step();
    Shard tensors = WeightsFile.write(storage, folder, name, state.tensors());
    var marker = new Marker(state.step(), tensors, state.counters(), state.metrics());
    storage.write(folder + "/" + name + ".json", stream -> stream.write(Json.pretty(marker)));
    forgetOlder();
    savedStep = state.step();
    pausedSince = System.nanoTime();
    pauseNanos = Math.max(SHORTEST_PAUSE_NANOS, PAUSE_PER_SAVE * (pausedSince - start));
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

  /** The newest state that is whole. */
  public Optional<TrainingState> latest() {
    return markedSteps(storage.list(folder)).stream()
        .map(this::read)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Deletes the stage's state. */
  public void prune() {
    storage.delete(folder);
  }

  private Optional<TrainingState> read(long step) {
    String file = folder + "/step-" + step + ".json";
    try {
      Marker marker = Json.read(storage, file, Marker.class);
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
