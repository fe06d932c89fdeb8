package io.deepincubation.core.run;

import io.deepincubation.core.data.text.Tokenizer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A run's folder: {@code run.json}, a folder a stage, and resumable state.
 *
 * <p>A stage is committed by its {@code result.json}, which is written last and names each weights
 * file with its digest. Files carry their digest in their names, so an attempt never overwrites
 * another's; the first result that is written stays.
 *
 * <p>Only the run's driver {@linkplain Commits commits}. A task uploads its weights and {@linkplain
 * HandIns hands in}, in a file of its own among the stage's resumable state, what it did; the
 * driver accepts the first such attempt. So an attempt that outlives its driver is not lost, and
 * two attempts at a task never meet.
 */
public final class RunFolder {

  static final String RUN = "run.json";
  static final String RESULT = "result.json";
  static final String METRICS = "metrics.jsonl";
  static final String PREDICTED = "predicted.txt";
  static final String SHARES = "shares.txt";
  static final String SCENES = "scenes.jpg";
  static final String CONFIGURATION = "config.json";

  /** The name of a whole network's model card, beside its weights. */
  public static final String CARD = "README.md";

  /** What cuts a run's texts into tokens; beside each model that reads texts. */
  public static final String TOKENIZER = Tokenizer.FILE;

  static final String ATTEMPTS = "attempts.jsonl";

  private final Storage storage;
  private final CheckpointPolicy policy;

  /** The run in a storage's root, whose stages keep their state now and then. */
  public RunFolder(Storage storage) {
    this(storage, CheckpointPolicy.DEFAULT);
  }

  /**
   * The run in a storage's root.
   *
   * @param storage the folder
   * @param policy how often its stages keep their state
   */
  public RunFolder(Storage storage, CheckpointPolicy policy) {
    this.storage = storage;
    this.policy = policy;
  }

  /** Commits as a driver that needs no lease: that of a folder which is nobody else's. */
  public Commits commits() {
    return new Commits(this, () -> {});
  }

  /** Commits as the run's driver; nothing is published once it has lost the lease. */
  public Commits commits(RunLease lease) {
    return new Commits(this, lease::requireHeld);
  }

  /** Hands in what a task did, for the driver to commit. */
  public HandIns handIns() {
    return new HandIns(this);
  }

  /** The folder, as the user wrote it. */
  public String uri() {
    return storage.uri();
  }

  /** The folder's files. */
  public Storage storage() {
    return storage;
  }

  /** What the folder belongs to, where a run has begun in it. */
  public Optional<RunRecord> runRecord() {
    if (!storage.exists(RUN)) {
      return Optional.empty();
    }
    RunRecord found = read(RUN, RunRecord.class);
    if (found.formatVersion() < RunRecord.OLDEST_VERSION
        || found.formatVersion() > RunRecord.FORMAT_VERSION) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: expected format version %d, got %d; use the version of this library"
                  + " that wrote it, or choose another --run",
              full(RUN),
              RunRecord.FORMAT_VERSION,
              found.formatVersion()));
    }
    return Optional.of(found);
  }

  /**
   * Begins a run in this folder, or goes on with it.
   *
   * @param expected the run that wants the folder
   * @return the record that is kept
   * @throws UsageException if the folder belongs to other data
   */
  public RunRecord claim(RunRecord expected) {
    storage.create(RUN, stream -> stream.write(Json.pretty(expected)));
    RunRecord found =
        runRecord()
            .orElseThrow(
                () -> new StorageException("Cannot find " + full(RUN) + " after writing it"));
    if (!found.dataDigest().equals(expected.dataDigest())) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot use the run folder %s: it belongs to the data of %s (digest %s), expected the"
                  + " data of %s (digest %s); choose another --run or delete it",
              uri(),
              found.dataUri(),
              found.dataDigest(),
              expected.dataUri(),
              expected.dataDigest()));
    }
    return found;
  }

  /**
   * What a stage did, where it is committed.
   *
   * @throws StorageException if the result is damaged
   */
  public Optional<StageResult> result(String stage) {
    String name = stage + "/" + RESULT;
    return storage.exists(name) ? Optional.of(read(name, StageResult.class)) : Optional.empty();
  }

  /** The metrics of a committed stage; empty where there are none. */
  public List<MetricsLine> metrics(String stage) {
    String name = stage + "/" + METRICS;
    if (!storage.exists(name)) {
      return List.of();
    }
    try {
      return Json.readLines(storage, name, MetricsLine.class);
    } catch (CorruptFileException e) {
      throw damaged(name, e);
    }
  }

  /**
   * The class that a committed stage's network takes each test image for, in their order; empty
   * where that was not kept, as in runs of earlier versions.
   */
  public List<Integer> predicted(String stage) {
    return numbers(stage, PREDICTED, "a class's number", Integer::valueOf);
  }

  /**
   * What each test image, or group of them, gives a measure of a committed stage that is no mean
   * over images, in their order; empty of other measures, and where that was not kept.
   */
  public List<Double> shares(String stage) {
    return numbers(stage, SHARES, "a number", Double::valueOf);
  }

  private <T> List<T> numbers(
      String stage, String file, String expected, Function<String, T> parsed) {
    String name = stage + "/" + file;
    if (!storage.exists(name)) {
      return List.of();
    }
    try {
      return storage.text(name).lines().map(parsed).toList();
    } catch (NumberFormatException e) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: expected %s in each line: %s; delete its folder and run the stage"
                  + " again",
              full(name),
              expected,
              e.getMessage()),
          e);
    }
  }

  /**
   * The first test images of a committed stage of a dense task, each as annotated and beside it as
   * predicted: a JPEG file; empty of other stages.
   */
  public Optional<byte[]> scenes(String stage) {
    String name = stage + "/" + SCENES;
    return storage.exists(name) ? Optional.of(storage.bytes(name)) : Optional.empty();
  }

  /** What a committed stage's network says of the test images. */
  Answers answers(String stage) {
    return new Answers(predicted(stage), shares(stage), scenes(stage));
  }

  /** All attempts at stages that drivers of this run saw, in the order of their starts. */
  public List<TaskAttempt> taskAttempts() {
    if (!storage.exists(ATTEMPTS)) {
      return List.of();
    }
    try {
      return Json.readLines(storage, ATTEMPTS, TaskAttempt.class);
    } catch (CorruptFileException e) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: %s; delete it, only the report needs it",
              full(ATTEMPTS),
              e.getMessage()),
          e);
    }
  }

  /**
   * Writes a module's weights, which count only once a result names them.
   *
   * @param stage its name
   * @param moduleIndex the module
   * @param weights named as in the whole network
   */
  public Shard writeShard(String stage, int moduleIndex, Weights weights) {
    return WeightsFile.write(storage, stage, "module-" + moduleIndex, weights);
  }

  /**
   * Reads a module's weights.
   *
   * @throws StorageException if they are not what was written
   */
  public Weights readShard(String stage, Shard shard) {
    try {
      return WeightsFile.read(storage, stage, shard);
    } catch (CorruptFileException e) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot trust %s: %s; delete the folder %s and run the stage again",
              full(stage + "/" + shard.file()),
              e.getMessage(),
              full(stage)),
          e);
    }
  }

  /**
   * The same, read once by all tasks of a process, as long as there is memory for it.
   *
   * @throws StorageException if they are not what was written
   */
  public Weights sharedShard(String stage, Shard shard) {
    return SharedWeights.get(
        full(stage + "/" + shard.file()), shard.sha256(), () -> readShard(stage, shard));
  }

  /** The weights of a committed stage, in the order of its shards. */
  public List<Weights> weights(StageResult result) {
    return result.shards().stream().map(shard -> readShard(result.stage(), shard)).toList();
  }

  /** Attempts at a stage that wait for the driver. */
  FinishedAttempts attempts(String stage) {
    return new FinishedAttempts(storage, stage);
  }

  /**
   * A stage's resumable state.
   *
   * @param stage its name
   * @param key what its bytes follow from
   */
  public Checkpoints checkpoints(String stage, StageKey key) {
    return new Checkpoints(storage, stage, key, policy);
  }

  /**
   * The rounds of a stage of several workers.
   *
   * @param stage its name
   * @param key what its bytes follow from
   */
  public Rounds rounds(String stage, StageKey key) {
    return new Rounds(storage, stage, key, policy);
  }

  /** Where a stage's resumable state lies, as a URI. */
  public String checkpointsUri(String stage) {
    return full(Checkpoints.folder(stage));
  }

  /** Where a stage lies, as a URI. */
  public String stageUri(String stage) {
    return full(stage);
  }

  /** What attempts at a stage have handed in that wait to be committed. */
  public List<StageResult> handedIn(String stage) {
    return attempts(stage).handedIn().stream().map(FinishedAttempt::result).toList();
  }

  /** The key of the stage whose resumable state is kept here under a name, if any is. */
  public Optional<StageKey> checkpointKey(String stage) {
    return Checkpoints.key(storage, stage).or(() -> Rounds.key(storage, stage));
  }

  /** A committed stage's result. */
  StageResult committed(String stage) {
    return result(stage)
        .orElseThrow(
            () ->
                new StorageException(
                    "Cannot find " + full(stage + "/" + RESULT) + ": the stage is not committed"));
  }

  /** The names of the classes that a committed stage's network tells apart, by number. */
  public List<String> classNames(String stage) {
    return classNames(configuration(stage));
  }

  /** The same of what a {@code config.json} says. */
  static List<String> classNames(Map<String, Object> configuration) {
    return configuration.get("label_names") instanceof List<?> names
        ? names.stream().map(String::valueOf).toList()
        : List.of();
  }

  /** What a committed stage's {@code config.json} says. */
  Map<String, Object> configuration(String stage) {
    try {
      return Json.readTree(storage, stage + "/" + CONFIGURATION);
    } catch (CorruptFileException e) {
      throw damaged(stage + "/" + CONFIGURATION, e);
    }
  }

  private <T extends Record> T read(String name, Class<T> type) {
    try {
      return Json.read(storage, name, type);
    } catch (CorruptFileException e) {
      throw damaged(name, e);
    }
  }

  private StorageException damaged(String name, CorruptFileException cause) {
    return new StorageException(
        String.format(
            Locale.ROOT,
            "Cannot read %s: %s; delete its folder and run the stage again",
            full(name),
            cause.getMessage()),
        cause);
  }

  private String full(String name) {
    return uri() + "/" + name;
  }
}
