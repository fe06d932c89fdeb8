package io.deepincubation.core.checkpoint;

import io.deepincubation.core.checkpoint.StageResult.Shard;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.UsageException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A run's folder: {@code run.json}, a folder a stage, and resumable state.
 *
 * <p>A stage is committed by its {@code result.json}, which is written last and names each weights
 * file with its digest. Files carry their digest in their names, so an attempt never overwrites
 * another's; the first result that is written stays.
 *
 * <p>Only the run's driver commits. A {@linkplain #ofTask task} uploads its weights and, in a file
 * of its own among the stage's resumable state, what it did; the driver {@linkplain #accept
 * accepts} the first such attempt. So an attempt that outlives its driver is not lost, and two
 * attempts at a task never meet.
 */
public final class RunFolder {

  private static final String RUN = "run.json";
  private static final String RESULT = "result.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String CONFIGURATION = "config.json";
  private static final String ATTEMPTS = "attempts.jsonl";

  private final Storage storage;
  private final CheckpointPolicy policy;
  private final Runnable fence;
  private final boolean handsIn;

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
    this(storage, policy, () -> {}, /* handsIn= */ false);
  }

  private RunFolder(Storage storage, CheckpointPolicy policy, Runnable fence, boolean handsIn) {
    this.storage = storage;
    this.policy = policy;
    this.fence = fence;
    this.handsIn = handsIn;
  }

  /** The same folder, where nothing is published by a driver that has lost the lease. */
  public RunFolder under(RunLease lease) {
    return new RunFolder(storage, policy, lease::requireHeld, handsIn);
  }

  /** The same folder for a task, which hands in what it did instead of committing it. */
  public RunFolder ofTask() {
    return new RunFolder(storage, policy, fence, /* handsIn= */ true);
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
              "Cannot read %s: expected format version %d, got %d; use the version of this library"
                  + " that wrote it, or choose another --run",
              full(RUN), RunRecord.FORMAT_VERSION, found.formatVersion()));
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
   * Writes the recipe that trains here now into the record. A record of an earlier version stays:
   * the keys of its results follow from it.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public void keepRecipe(RunRecord now) {
    fence.run();
    Optional<RunRecord> found = runRecord();
    if (found.isPresent()
        && found.get().formatVersion() == RunRecord.FORMAT_VERSION
        && !found.get().recipeDigest().equals(now.recipeDigest())) {
      write(RUN, Json.pretty(found.get().with(now)));
    }
  }

  /**
   * What a stage did, where it is committed; for a task, also where an attempt has handed it in.
   *
   * @throws StorageException if the result is damaged
   */
  public Optional<StageResult> result(String stage) {
    Optional<StageResult> committed = committedResult(stage);
    return committed.isPresent() || !handsIn
        ? committed
        : attempts(stage).finished().map(FinishedAttempt::result);
  }

  private Optional<StageResult> committedResult(String stage) {
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
              "Cannot read %s: %s; delete it, only the report needs it",
              full(ATTEMPTS), e.getMessage()),
          e);
    }
  }

  /**
   * Keeps what is known of all attempts at stages.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public void keepTaskAttempts(List<TaskAttempt> attempts) {
    fence.run();
    write(ATTEMPTS, Json.lines(attempts));
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
              "Cannot trust %s: %s; delete the folder %s and run the stage again",
              full(stage + "/" + shard.file()), e.getMessage(), full(stage)),
          e);
    }
  }

  /** The weights of a committed stage, in the order of its shards. */
  public List<Weights> weights(StageResult result) {
    return result.shards().stream().map(shard -> readShard(result.stage(), shard)).toList();
  }

  /**
   * Commits a stage whose shards are written, and deletes its resumable state; in a task, hands it
   * in.
   *
   * <p>Where another attempt has committed it, that attempt's result stays.
   *
   * @param result what was done
   * @param configuration what {@code config.json} says of the network
   * @param metrics the lines of {@code metrics.jsonl}
   * @return the result that counts
   * @throws LeaseException if another driver has taken the folder over
   */
  public StageResult commit(
      StageResult result, Map<String, Object> configuration, List<MetricsLine> metrics) {
    var attempt = new FinishedAttempt(result, configuration, metrics);
    if (handsIn) {
      attempts(result.stage()).handIn(attempt);
      return result;
    }
    return publish(attempt);
  }

  /**
   * What a stage did, where it is committed, or an attempt has handed it in and is committed now.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public Optional<StageResult> accept(String stage) {
    Optional<StageResult> committed = committedResult(stage);
    return committed.isPresent() ? committed : attempts(stage).finished().map(this::publish);
  }

  /**
   * Commits a stage as another run has it.
   *
   * @param result the other run's
   * @param other its folder
   * @throws LeaseException if another driver has taken the folder over
   */
  public void copy(StageResult result, RunFolder other) {
    String stage = result.stage();
    for (int i = 0; i < result.shards().size(); i++) {
      Shard shard = result.shards().get(i);
      String name = shard.file().substring(0, shard.file().lastIndexOf('-'));
      WeightsFile.write(storage, stage, name, other.readShard(stage, shard));
    }
    publish(new FinishedAttempt(result, other.configuration(stage), other.metrics(stage)));
  }

  /** What a committed stage's {@code config.json} says. */
  private Map<String, Object> configuration(String stage) {
    try {
      return Json.readTree(storage, stage + "/" + CONFIGURATION);
    } catch (CorruptFileException e) {
      throw damaged(stage + "/" + CONFIGURATION, e);
    }
  }

  private StageResult publish(FinishedAttempt attempt) {
    fence.run();
    StageResult result = attempt.result();
    String stage = result.stage();
    if (committedResult(stage).isEmpty()) {
      writeIndex(result);
      write(stage + "/" + CONFIGURATION, Json.pretty(attempt.configuration()));
      write(stage + "/" + METRICS, Json.lines(attempt.metrics()));
      storage.create(stage + "/" + RESULT, stream -> stream.write(Json.pretty(result)));
    }
    StageResult winner = settleIndex(result);
    prune(stage);
    return winner;
  }

  private FinishedAttempts attempts(String stage) {
    return new FinishedAttempts(storage, stage);
  }

  /**
   * Makes the index name the files of the result that counts. Of attempts that race, each ends by
   * reading the result after its last write of the index, so the last of them leaves a true one.
   */
  private StageResult settleIndex(StageResult mine) {
    StageResult indexed = mine;
    StageResult winner = committed(mine.stage());
    while (!winner.shards().equals(indexed.shards())) {
      writeIndex(winner);
      indexed = winner;
      winner = committed(mine.stage());
    }
    return winner;
  }

  private void writeIndex(StageResult result) {
    WeightsIndex index = WeightsIndex.of(storage, result.stage(), result.shards());
    write(result.stage() + "/" + WeightsIndex.FILE, Json.pretty(index));
  }

  /**
   * Deletes what lost attempts left of a committed stage: files that its result does not name.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public void sweep(String stage) {
    fence.run();
    StageResult result = committed(stage);
    Set<String> named = new HashSet<>(Set.of(RESULT, METRICS, CONFIGURATION, WeightsIndex.FILE));
    result.shards().forEach(shard -> named.add(shard.file()));
    for (String file : storage.list(stage)) {
      if (!named.contains(file)) {
        storage.delete(stage + "/" + file);
      }
    }
    writeIndex(result);
    prune(stage);
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

  /** Where a stage's resumable state lies, as a URI. */
  public String checkpointsUri(String stage) {
    return full(Checkpoints.folder(stage));
  }

  /** Where a stage lies, as a URI. */
  public String stageUri(String stage) {
    return full(stage);
  }

  /** What an attempt at a stage has handed in that waits to be committed. */
  public Optional<StageResult> handedIn(String stage) {
    return attempts(stage).handedIn().map(FinishedAttempt::result);
  }

  /** The key of the stage whose resumable state is kept here under a name, if any is. */
  public Optional<StageKey> checkpointKey(String stage) {
    return Checkpoints.key(storage, stage);
  }

  private void prune(String stage) {
    storage.delete(Checkpoints.folder(stage));
  }

  private StageResult committed(String stage) {
    return committedResult(stage)
        .orElseThrow(
            () ->
                new StorageException(
                    "Cannot find " + full(stage + "/" + RESULT) + ": the stage is not committed"));
  }

  private void write(String name, byte[] content) {
    storage.write(name, stream -> stream.write(content));
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
            "Cannot read %s: %s; delete its folder and run the stage again",
            full(name), cause.getMessage()),
        cause);
  }

  private String full(String name) {
    return uri() + "/" + name;
  }
}
