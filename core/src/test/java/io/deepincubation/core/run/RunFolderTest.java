package io.deepincubation.core.run;

import static io.deepincubation.core.run.CheckpointFixtures.line;
import static io.deepincubation.core.run.CheckpointFixtures.result;
import static io.deepincubation.core.run.CheckpointFixtures.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {

  private static final String STAGE = "modules/1";

  private Path root;
  private RunFolder folder;

  @BeforeEach
  void open(@TempDir Path temporary) {
    root = temporary;
    folder = new RunFolder(new LocalStorage(root));
  }

  @Test
  void readsBackWhatItCommitted() {
    List<Shard> shards =
        List.of(
            folder.writeShard(STAGE, 0, weights("a", 1, 2)),
            folder.writeShard(STAGE, 1, weights("b", 3)));
    StageResult committed =
        folder
            .commits()
            .keep(
                result(STAGE, shards, 0),
                Map.of("width", 64),
                List.of(line(1), line(2)),
                new Answers(List.of(3, 1), List.of(0.1, 2.0 / 3), Optional.empty()));

    assertThat(folder.result(STAGE)).contains(committed).contains(result(STAGE, shards, 0));
    assertThat(folder.metrics(STAGE)).containsExactly(line(1), line(2));
    assertThat(folder.predicted(STAGE)).containsExactly(3, 1);
    assertThat(folder.predicted("final")).isEmpty();
    assertThat(folder.shares(STAGE)).containsExactly(0.1, 2.0 / 3);
    assertThat(folder.shares("final")).isEmpty();
    assertThat(folder.weights(committed))
        .extracting(weights -> weights.tensors().keySet().iterator().next())
        .containsExactly("a", "b");
    assertThat(folder.weights(committed).get(0).tensor("a").values()).containsExactly(1, 2);
  }

  @Test
  void namesShardsByTheirDigest() {
    Shard shard = folder.writeShard(STAGE, 3, weights("a", 1));

    assertThat(shard.file())
        .isEqualTo("module-3-" + shard.sha256().substring(0, 12) + ".safetensors");
    assertThat(root.resolve(STAGE).resolve(shard.file())).hasSize(shard.bytes());
  }

  @Test
  void writesTheIndexThatHuggingFaceReads() throws IOException {
    Shard first = folder.writeShard("final", 0, weights("a", 1, 2));
    Shard second = folder.writeShard("final", 1, weights("b", 3));
    folder
        .commits()
        .keep(
            result("final", List.of(first, second), 0),
            Map.of("depth", 8),
            List.of(),
            CheckpointFixtures.NO_ANSWERS);

    assertThat(json("final/model.safetensors.index.json"))
        .isEqualTo(
            JsonParser.parseString(
                String.format(
                    Locale.ROOT,
                    "{\"metadata\":{\"total_size\":12},\"weight_map\":{\"a\":\"%s\",\"b\":\"%s\"}}",
                    first.file(),
                    second.file())));
    assertThat(json("final/config.json")).isEqualTo(JsonParser.parseString("{\"depth\":8}"));
  }

  @Test
  void keepsTheLastWeightsBesideThoseThatWereChosen(@TempDir Path elsewhere) throws IOException {
    Shard best = folder.writeShard("final", 0, weights("a", 1));
    Shard last = folder.writeShard("final/last", 0, weights("a", 2));
    Shard lost = folder.writeShard("final/last", 0, weights("a", 3));
    StageResult chosen =
        CheckpointFixtures.chosen(
            result("final", List.of(best), 0), new Choice("top1", 0.5, 6, true, 24, List.of(last)));

    Commits commits = folder.commits();
    commits.keep(chosen, Map.of("depth", 8), List.of(), CheckpointFixtures.NO_ANSWERS);
    commits.sweep("final");
    var other = new RunFolder(new LocalStorage(elsewhere));
    other.commits().copy(chosen, folder);

    assertThat(folder.result("final")).contains(chosen);
    for (Path place : List.of(root, elsewhere)) {
      Path folderOfLast = place.resolve("final/last");
      assertThat(folderOfLast.resolve(last.file())).hasSize(last.bytes());
      assertThat(folderOfLast.resolve("config.json")).content().contains("\"depth\": 8");
      assertThat(folderOfLast.resolve("model.safetensors.index.json"))
          .content()
          .contains(last.file());
    }
    assertThat(root.resolve("final/last").resolve(lost.file())).doesNotExist();
  }

  @Test
  void anAttemptWithoutItsLastWeightsIsPassedOver() {
    Shard best = folder.writeShard(STAGE, 0, weights("a", 1));
    Shard last = folder.writeShard(STAGE + "/last", 0, weights("a", 2));
    StageResult chosen =
        CheckpointFixtures.chosen(
            result(STAGE, List.of(best), 0), new Choice("top1", 0.5, 6, false, 24, List.of(last)));
    folder.handIns().keep(chosen, Map.of(), List.of(), CheckpointFixtures.NO_ANSWERS);
    new LocalStorage(root).delete(STAGE + "/last/" + last.file());

    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).isEmpty();
  }

  @Test
  void isNotCommittedWithoutAResult() {
    folder.writeShard(STAGE, 0, weights("a", 1));

    assertThat(folder.result(STAGE)).isEmpty();
  }

  @Test
  void isNotCommittedWhenTheLastWriteFails() {
    var failing = new RunFolder(new FailingStorage(new LocalStorage(root), "result.json"));
    Shard shard = failing.writeShard(STAGE, 0, weights("a", 1));

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(
            () ->
                failing
                    .commits()
                    .keep(
                        result(STAGE, List.of(shard), 0),
                        Map.of(),
                        List.of(line(1)),
                        CheckpointFixtures.NO_ANSWERS));
    assertThat(folder.result(STAGE)).isEmpty();
    assertThat(root.resolve(STAGE + "/config.json")).exists();
  }

  @Test
  void aTaskHandsInWhatItDidAndTheDriverCommitsIt() {
    HandIns task = folder.handIns();
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1));
    StageResult done = result(STAGE, List.of(shard), 1);
    task.keep(done, Map.of("width", 64), List.of(line(1)), CheckpointFixtures.NO_ANSWERS);

    assertThat(folder.result(STAGE)).isEmpty();
    assertThat(task.found(STAGE, CheckpointFixtures.KEY)).contains(done);
    assertThat(root.resolve(STAGE + "/metrics.jsonl")).doesNotExist();

    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).contains(done);
    assertThat(folder.result(STAGE)).contains(done);
    assertThat(folder.metrics(STAGE)).containsExactly(line(1));
    assertThat(root.resolve(STAGE + "/config.json")).content().contains("\"width\": 64");
    assertThat(root.resolve("checkpoints/modules-1")).doesNotExist();
  }

  @Test
  void theDriverCommitsOneOfTwoAttemptsAndTheOtherDoesNoHarm() {
    HandIns task = folder.handIns();
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1));
    task.keep(
        result(STAGE, List.of(shard), 0),
        Map.of(),
        List.of(line(1)),
        CheckpointFixtures.NO_ANSWERS);
    task.keep(
        result(STAGE, List.of(shard), 1),
        Map.of(),
        List.of(line(2)),
        CheckpointFixtures.NO_ANSWERS);

    StageResult accepted = folder.commits().accept(STAGE, CheckpointFixtures.KEY).orElseThrow();
    task.keep(
        result(STAGE, List.of(shard), 2),
        Map.of(),
        List.of(line(3)),
        CheckpointFixtures.NO_ANSWERS);

    assertThat(folder.metrics(STAGE)).containsExactly(line(accepted.attempt() + 1));
    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).contains(accepted);
    folder.commits().sweep(STAGE);
    assertThat(root.resolve("checkpoints/modules-1")).doesNotExist();
    assertThat(folder.result(STAGE)).contains(accepted);
  }

  @Test
  void anAttemptThatIsDamagedOrWhoseWeightsAreIsNotAccepted() throws IOException {
    HandIns task = folder.handIns();
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1));
    task.keep(result(STAGE, List.of(shard), 0), Map.of(), List.of(), CheckpointFixtures.NO_ANSWERS);
    Path weights = root.resolve(STAGE).resolve(shard.file());
    CheckpointFixtures.flip(weights, (int) Files.size(weights) - 1);

    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).isEmpty();

    assertThat(folder.writeShard(STAGE, 0, weights("a", 1))).isEqualTo(shard);
    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).isPresent();
  }

  @Test
  void anAttemptAtAStageOfAnotherKeyIsNotAccepted() {
    HandIns task = folder.handIns();
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1));
    task.keep(result(STAGE, List.of(shard), 0), Map.of(), List.of(), CheckpointFixtures.NO_ANSWERS);
    StageKey other = StageKey.of(Map.of("data", "other"));

    assertThat(folder.commits().accept(STAGE, other)).isEmpty();
    assertThat(task.found(STAGE, other)).isEmpty();
    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).isPresent();
    assertThat(task.found(STAGE, other)).isEmpty();
  }

  @Test
  void acceptsNothingWhereNothingWasHandedIn() {
    assertThat(folder.commits().accept(STAGE, CheckpointFixtures.KEY)).isEmpty();
  }

  @Test
  void theFirstOfTwoResultsThatAppearAtOnceStays() {
    Shard mine = folder.writeShard(STAGE, 0, weights("a", 1));
    StageResult rival = result(STAGE, List.of(mine), 7);
    var racing =
        new RunFolder(
            new InterleavedStorage(
                new LocalStorage(root),
                "config.json",
                () ->
                    new LocalStorage(root)
                        .create(
                            STAGE + "/result.json", stream -> stream.write(Json.pretty(rival)))));

    assertThat(
            racing
                .commits()
                .keep(
                    result(STAGE, List.of(mine), 0),
                    Map.of(),
                    List.of(),
                    CheckpointFixtures.NO_ANSWERS))
        .isEqualTo(rival);
    assertThat(folder.result(STAGE)).contains(rival);
  }

  @Test
  void neverMixesTwoAttempts() throws IOException {
    Shard mine = folder.writeShard(STAGE, 0, weights("a", 1));
    Shard other = folder.writeShard(STAGE, 0, weights("a", 2));
    StageResult first =
        folder
            .commits()
            .keep(
                result(STAGE, List.of(mine), 0),
                Map.of(),
                List.of(),
                CheckpointFixtures.NO_ANSWERS);
    StageResult second =
        folder
            .commits()
            .keep(
                result(STAGE, List.of(other), 1),
                Map.of(),
                List.of(),
                CheckpointFixtures.NO_ANSWERS);

    assertThat(mine.file()).isNotEqualTo(other.file());
    assertThat(second).isEqualTo(first);
    assertThat(folder.weights(second).get(0).tensor("a").values()).containsExactly(1);
    assertThat(Files.readString(root.resolve(STAGE + "/model.safetensors.index.json")))
        .contains(mine.file())
        .doesNotContain(other.file());
  }

  @Test
  void mendsTheIndexWhenAnotherAttemptCommitsBetween() throws IOException {
    Shard mine = folder.writeShard(STAGE, 0, weights("a", 1));
    Shard other = folder.writeShard(STAGE, 0, weights("a", 2));
    StageResult rival = result(STAGE, List.of(other), 1);
    var racing =
        new RunFolder(
            new InterleavedStorage(
                new LocalStorage(root),
                "metrics.jsonl",
                () ->
                    folder
                        .commits()
                        .keep(rival, Map.of(), List.of(), CheckpointFixtures.NO_ANSWERS)));

    StageResult winner =
        racing
            .commits()
            .keep(
                result(STAGE, List.of(mine), 0),
                Map.of(),
                List.of(),
                CheckpointFixtures.NO_ANSWERS);

    assertThat(winner).isEqualTo(rival);
    assertThat(Files.readString(root.resolve(STAGE + "/model.safetensors.index.json")))
        .contains(other.file())
        .doesNotContain(mine.file());
  }

  @Test
  void doesNotWriteAShardTwice() throws IOException {
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1));
    var failing = new RunFolder(new FailingStorage(new LocalStorage(root), ".safetensors"));

    assertThat(failing.writeShard(STAGE, 0, weights("a", 1))).isEqualTo(shard);
    CheckpointFixtures.truncate(root.resolve(STAGE).resolve(shard.file()));
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> failing.writeShard(STAGE, 0, weights("a", 1)));
  }

  @Test
  void refusesAlteredWeights() throws IOException {
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1, 2, 3));
    Path file = root.resolve(STAGE).resolve(shard.file());
    int length = (int) Files.size(file);
    for (int position = 0; position < length; position++) {
      CheckpointFixtures.flip(file, position);
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> folder.readShard(STAGE, shard))
          .withMessageStartingWith("Cannot trust " + file + ": expected ")
          .withMessageContaining(
              "delete the folder " + root + "/modules/1 and run the stage again");
      CheckpointFixtures.flip(file, position);
    }
    CheckpointFixtures.flip(file, length - 1);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> folder.readShard(STAGE, shard))
        .withMessageContaining("expected SHA-256 " + shard.sha256() + ", got ");
  }

  @Test
  void refusesTruncatedAndMissingWeights() throws IOException {
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1, 2, 3));
    Path file = root.resolve(STAGE).resolve(shard.file());
    CheckpointFixtures.truncate(file);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> folder.readShard(STAGE, shard))
        .withMessageContaining("expected " + shard.bytes() + " bytes, got " + shard.bytes() / 2);
    Files.delete(file);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> folder.readShard(STAGE, shard))
        .withMessageContaining("got no file");
  }

  @Test
  void namesADamagedResult() throws IOException {
    Path file = Files.createDirectories(root.resolve("meta")).resolve("result.json");
    for (String content : List.of("", "{", "{}", "[]", "{\"stage\":\"meta\"}")) {
      Files.writeString(file, content);
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> folder.result("meta"))
          .withMessageStartingWith("Cannot read " + file + ": expected ");
    }
  }

  @Test
  void sweepsWhatTheResultDoesNotName() {
    Shard kept = folder.writeShard(STAGE, 0, weights("a", 1));
    Shard stray = folder.writeShard(STAGE, 0, weights("a", 2));
    folder
        .commits()
        .keep(result(STAGE, List.of(kept), 0), Map.of(), List.of(), CheckpointFixtures.NO_ANSWERS);

    folder.commits().sweep(STAGE);

    assertThat(folder.storage().list(STAGE))
        .containsExactly(
            "README.md",
            "config.json",
            "metrics.jsonl",
            "model.safetensors.index.json",
            kept.file(),
            "predicted.txt",
            "result.json")
        .doesNotContain(stray.file());
  }

  @Test
  void sweepsNothingOfAStageThatIsNotCommitted() {
    Shard shard = folder.writeShard(STAGE, 0, weights("a", 1));

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> folder.commits().sweep(STAGE))
        .withMessageContaining("the stage is not committed");
    assertThat(folder.storage().list(STAGE)).containsExactly(shard.file());
  }

  @Test
  void forgetsResumableStateOnCommit() {
    Checkpoints checkpoints = folder.checkpoints(STAGE, CheckpointFixtures.KEY);
    checkpoints.save(new TrainingState(1, weights("a", 1), Map.of(), List.of()));
    folder
        .commits()
        .keep(result(STAGE, List.of(), 0), Map.of(), List.of(), CheckpointFixtures.NO_ANSWERS);

    assertThat(checkpoints.latest()).isEmpty();
    assertThat(root.resolve("checkpoints/modules-1")).doesNotExist();
  }

  @Test
  void keepsTheRecordOfTheRunThatCameFirst() {
    RunRecord first = record("recipe-digest", "data-digest", "2026-01-01T00:00:00Z");
    RunRecord second = record("recipe-digest", "data-digest", "2026-02-02T00:00:00Z");

    assertThat(folder.runRecord()).isEmpty();
    assertThat(folder.claim(first)).isEqualTo(first);
    assertThat(folder.claim(second)).isEqualTo(first);
    assertThat(folder.runRecord()).contains(first);
  }

  @Test
  void refusesAFolderOfOtherData() {
    folder.claim(record("recipe-digest", "data-digest", "now"));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> folder.claim(record("recipe-digest", "another", "now")))
        .withMessage(
            "Cannot use the run folder %s: it belongs to the data of file:data (digest"
                + " data-digest), expected the data of file:data (digest another); choose another"
                + " --run or delete it",
            root);
  }

  @Test
  void tellsTheRecipeThatTrainedLast() {
    RunRecord first = folder.claim(record("recipe-digest", "data-digest", "now"));
    folder.commits().keepRecipe(record("another", "data-digest", "later"));

    RunRecord kept = folder.runRecord().orElseThrow();
    assertThat(kept.recipeDigest()).isEqualTo("another");
    assertThat(kept.createdAt()).isEqualTo(first.createdAt());
  }

  @Test
  void readsAFolderOfTheFirstVersionAndKeepsItsRecipe() throws IOException {
    folder.claim(record("recipe-digest", "data-digest", "now"));
    writeVersion(1);
    folder.commits().keepRecipe(record("another", "data-digest", "later"));

    assertThat(folder.runRecord()).map(RunRecord::recipeDigest).contains("recipe-digest");
  }

  @Test
  void refusesAFormatVersionThatItDoesNotKnow() throws IOException {
    folder.claim(record("recipe-digest", "data-digest", "now"));
    writeVersion(3);

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(folder::runRecord)
        .withMessageContaining("expected format version 2, got 3");
  }

  private void writeVersion(int version) throws IOException {
    Path file = root.resolve("run.json");
    Files.writeString(
        file,
        Files.readString(file).replace("\"formatVersion\": 2", "\"formatVersion\": " + version));
  }

  private static RunRecord record(String recipeDigest, String dataDigest, String createdAt) {
    return new RunRecord(
        RunRecord.FORMAT_VERSION,
        "tiny",
        Map.of("seed", 7L, "optimizer", Map.of("rate", 0.5)),
        recipeDigest,
        "file:data",
        dataDigest,
        null,
        Map.of("java", "17"),
        Map.of("driver", 2, "task", 1),
        createdAt);
  }

  private JsonElement json(String name) throws IOException {
    return JsonParser.parseString(Files.readString(root.resolve(name)));
  }
}
