package io.deepincubation.core.run;

import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.weights.WeightsFile;
import io.deepincubation.core.weights.WeightsFile.Shard;
import io.deepincubation.core.weights.WeightsIndex;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the driver of a run does in its folder: it alone commits stages, and keeps what concerns the
 * whole run. Nothing is published by a driver that has lost the lease.
 */
public final class Commits implements StageOutcomes {

  private final RunFolder folder;
  private final Storage storage;
  private final Runnable fence;

  Commits(RunFolder folder, Runnable fence) {
    this.folder = folder;
    this.fence = fence;
    storage = folder.storage();
  }

  /** The folder that is committed in. */
  public RunFolder folder() {
    return folder;
  }

  @Override
  public Optional<StageResult> found(String stage, StageKey key) {
    return folder.result(stage).filter(result -> FinishedAttempts.isOf(key, result));
  }

  /**
   * Commits a stage whose shards are written, and deletes its resumable state. Where another
   * attempt has committed it, that attempt's result stays.
   *
   * @return the result that counts
   * @throws LeaseException if another driver has taken the folder over
   */
  @Override
  public StageResult keep(
      StageResult result,
      Map<String, Object> configuration,
      List<MetricsLine> metrics,
      Answers answers) {
    return publish(FinishedAttempt.of(result, configuration, metrics, answers));
  }

  /**
   * Writes the recipe that trains here now into the record. A record of an earlier version stays:
   * the keys of its results follow from it.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public void keepRecipe(RunRecord now) {
    fence.run();
    Optional<RunRecord> found = folder.runRecord();
    if (found.isPresent()
        && found.get().formatVersion() == RunRecord.FORMAT_VERSION
        && !found.get().recipeDigest().equals(now.recipeDigest())) {
      write(RunFolder.RUN, Json.pretty(found.get().with(now)));
    }
  }

  /**
   * Keeps what cuts the run's texts into tokens, for its models.
   *
   * @param tokenizer the text of a {@value RunFolder#TOKENIZER}
   * @throws LeaseException if another driver has taken the folder over
   */
  public void keepTokenizer(String tokenizer) {
    fence.run();
    if (!storage.exists(RunFolder.TOKENIZER)) {
      write(RunFolder.TOKENIZER, tokenizer.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Keeps what is known of all attempts at stages.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public void keepTaskAttempts(List<TaskAttempt> attempts) {
    fence.run();
    write(RunFolder.ATTEMPTS, Json.lines(attempts));
  }

  /**
   * What a stage did, where it is committed, or an attempt has handed it in and is committed now.
   *
   * @param stage its name
   * @param key what its bytes follow from; an attempt at a stage of another key is passed over
   * @throws LeaseException if another driver has taken the folder over
   */
  public Optional<StageResult> accept(String stage, StageKey key) {
    Optional<StageResult> committed = found(stage, key);
    return committed.isPresent()
        ? committed
        : folder.attempts(stage).finished(key).map(this::publish);
  }

  /**
   * Commits the round before one, by what that begins with.
   *
   * @param rounds of a stage
   * @throws LeaseException if another driver has taken the folder over
   */
  public Round commit(Rounds rounds, Rounds.Beginning begins) {
    fence.run();
    return rounds.commit(begins);
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
    result.weights().forEach((place, shards) -> shards.forEach(shard -> copy(place, shard, other)));
    publish(
        FinishedAttempt.of(
            result, other.configuration(stage), other.metrics(stage), other.answers(stage)));
  }

  private void copy(String place, Shard shard, RunFolder other) {
    String name = shard.file().substring(0, shard.file().lastIndexOf('-'));
    WeightsFile.write(storage, place, name, other.readShard(place, shard));
  }

  private StageResult publish(FinishedAttempt attempt) {
    fence.run();
    StageResult result = attempt.result();
    String stage = result.stage();
    if (folder.result(stage).isEmpty()) {
      writeIndex(result);
      result
          .weights()
          .keySet()
          .forEach(
              place ->
                  write(
                      place + "/" + RunFolder.CONFIGURATION, Json.pretty(attempt.configuration())));
      write(stage + "/" + RunFolder.METRICS, Json.lines(attempt.metrics()));
      Answers answers = attempt.answers();
      write(stage + "/" + RunFolder.PREDICTED, lines(answers.predicted()));
      if (!answers.shares().isEmpty()) {
        write(stage + "/" + RunFolder.SHARES, lines(answers.shares()));
      }
      answers.scenes().ifPresent(scenes -> write(stage + "/" + RunFolder.SCENES, scenes));
      if (result.moduleIndex() == null) { // A module is no model.
        writeModelFiles(attempt);
      }
      storage.create(stage + "/" + RunFolder.RESULT, stream -> stream.write(Json.pretty(result)));
    }
    StageResult winner = settleIndex(result);
    prune(stage);
    return winner;
  }

  private void writeModelFiles(FinishedAttempt attempt) {
    StageResult result = attempt.result();
    String card = ModelCard.of(result, attempt.configuration(), folder);
    write(result.stage() + "/" + RunFolder.CARD, card.getBytes(StandardCharsets.UTF_8));
    if (storage.exists(RunFolder.TOKENIZER)) {
      byte[] tokenizer = storage.text(RunFolder.TOKENIZER).getBytes(StandardCharsets.UTF_8);
      write(result.stage() + "/" + RunFolder.TOKENIZER, tokenizer);
    }
  }

  /**
   * Makes the index name the files of the result that counts. Of attempts that race, each ends by
   * reading the result after its last write of the index, so the last of them leaves a true one.
   */
  private StageResult settleIndex(StageResult mine) {
    StageResult indexed = mine;
    StageResult winner = folder.committed(mine.stage());
    while (!winner.weights().equals(indexed.weights())) {
      writeIndex(winner);
      indexed = winner;
      winner = folder.committed(mine.stage());
    }
    return winner;
  }

  private void writeIndex(StageResult result) {
    result
        .weights()
        .forEach(
            (place, shards) ->
                write(
                    place + "/" + WeightsIndex.FILE,
                    Json.pretty(WeightsIndex.of(storage, place, shards))));
  }

  /**
   * Deletes what lost attempts left of a committed stage: files that its result does not name.
   *
   * @throws LeaseException if another driver has taken the folder over
   */
  public void sweep(String stage) {
    fence.run();
    StageResult result = folder.committed(stage);
    sweep(stage, result.shards());
    sweep(Choice.folder(stage), result.weights().getOrDefault(Choice.folder(stage), List.of()));
    writeIndex(result);
    prune(stage);
  }

  private void sweep(String place, List<Shard> kept) {
    Set<String> named =
        new HashSet<>(
            Set.of(
                RunFolder.RESULT,
                RunFolder.METRICS,
                RunFolder.PREDICTED,
                RunFolder.SHARES,
                RunFolder.SCENES,
                RunFolder.CONFIGURATION,
                RunFolder.CARD,
                RunFolder.TOKENIZER,
                WeightsIndex.FILE));
    kept.forEach(shard -> named.add(shard.file()));
    for (String file : storage.list(place)) {
      if (!named.contains(file)) {
        storage.delete(place + "/" + file);
      }
    }
  }

  private void prune(String stage) {
    storage.delete(Checkpoints.folder(stage));
  }

  private static byte[] lines(List<? extends Number> numbers) {
    return numbers.stream()
        .map(number -> number + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void write(String name, byte[] content) {
    storage.write(name, stream -> stream.write(content));
  }
}
