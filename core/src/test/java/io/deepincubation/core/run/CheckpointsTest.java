package io.deepincubation.core.run;

import static io.deepincubation.core.run.CheckpointFixtures.line;
import static io.deepincubation.core.run.CheckpointFixtures.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  private Path root;
  private Checkpoints checkpoints;

  @BeforeEach
  void open(@TempDir Path temporary) {
    root = temporary;
    checkpoints =
        new Checkpoints(
            new LocalStorage(root), "modules/1", CheckpointFixtures.KEY, CheckpointPolicy.NEVER);
  }

  @Test
  void hasNothingBeforeTheFirstSave() {
    assertThat(checkpoints.latest()).isEmpty();
  }

  @Test
  void goesOnFromWhatItKept() {
    var counters = Map.of("seconds", 0.1 + 0.2, "epochLoss", Math.PI);
    checkpoints.save(
        new TrainingState(12, weights("a", 1, 2), counters, List.of(line(6), line(12))));

    TrainingState kept = checkpoints.latest().orElseThrow();

    assertThat(kept.step()).isEqualTo(12);
    assertThat(kept.tensors().tensor("a").values()).containsExactly(1, 2);
    assertThat(kept.counters()).isEqualTo(counters);
    assertThat(kept.metrics()).containsExactly(line(6), line(12));
  }

  @Test
  void comparesStepsAsNumbers() {
    save(9);
    save(10);

    assertThat(checkpoints.latest()).map(TrainingState::step).contains(10L);
  }

  @Test
  void keepsTheLastTwo() throws IOException {
    for (long step : new long[] {9, 10, 11, 100}) {
      save(step);
    }

    assertThat(files("json")).containsExactly("step-100.json", "step-11.json");
    assertThat(files("safetensors")).hasSize(2);
  }

  @Test
  void passesOverADamagedState() throws IOException {
    save(10);
    save(20);
    Path tensors = folder().resolve(files("safetensors").get(1));

    CheckpointFixtures.flip(tensors, (int) Files.size(tensors) - 1);
    assertThat(checkpoints.latest()).map(TrainingState::step).contains(10L);
    CheckpointFixtures.truncate(tensors);
    assertThat(checkpoints.latest()).map(TrainingState::step).contains(10L);
    Files.delete(tensors);
    assertThat(checkpoints.latest()).map(TrainingState::step).contains(10L);
  }

  @Test
  void passesOverADamagedMarker() {
    save(10);
    save(20);

    CheckpointFixtures.truncate(folder().resolve("step-20.json"));

    assertThat(checkpoints.latest()).map(TrainingState::step).contains(10L);
  }

  @Test
  void ignoresTensorsWithoutAMarker() {
    save(10);
    var interrupted =
        new Checkpoints(
            new FailingStorage(new LocalStorage(root), ".json"),
            "modules/1",
            CheckpointFixtures.KEY,
            CheckpointPolicy.NEVER);
    assertThatExceptionOfType(StorageException.class).isThrownBy(() -> interrupted.save(state(20)));

    assertThat(checkpoints.latest()).map(TrainingState::step).contains(10L);
  }

  @Test
  void startsAgainWhenAllIsDamaged() {
    save(10);
    CheckpointFixtures.truncate(folder().resolve("step-10.json"));

    assertThat(checkpoints.latest()).isEmpty();
  }

  @Test
  void refusesStateOfAnotherVersion() throws IOException {
    save(10);
    Path marker = folder().resolve("step-10.json");
    String text = Files.readString(marker);
    Files.writeString(marker, text.replace("\"formatVersion\": 3", "\"formatVersion\": 4"));

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> checkpoints.latest())
        .withMessage(
            "Cannot go on from %s: expected format version 3, got 4; use the version of this"
                + " library that wrote it, or delete %s to begin the stage anew",
            marker, folder());
  }

  @Test
  void goesOnFromWhatAnotherAttemptKeepsMeanwhile() {
    save(10);
    var racing =
        new Checkpoints(
            new AfterListing(
                new LocalStorage(root),
                () -> {
                  save(20);
                  save(30);
                }),
            "modules/1",
            CheckpointFixtures.KEY,
            CheckpointPolicy.NEVER);

    assertThat(racing.latest()).map(TrainingState::step).contains(30L);
  }

  /** Lets something happen after each listing. */
  private record AfterListing(Storage delegate, Runnable then) implements ForwardingStorage {

    @Override
    public List<String> list(String folder) {
      List<String> listed = delegate.list(folder);
      then.run();
      return listed;
    }

    @Override
    public void write(String name, Content content) {
      delegate.write(name, content);
    }
  }

  @Test
  void keepsStagesApart() {
    save(10);

    assertThat(
            new Checkpoints(
                    new LocalStorage(root),
                    "modules/2",
                    CheckpointFixtures.KEY,
                    CheckpointPolicy.NEVER)
                .latest())
        .isEmpty();
  }

  @Test
  void doesNotGoOnFromTheStateOfAStageOfAnotherKey() {
    save(10);
    var other =
        new Checkpoints(
            new LocalStorage(root),
            "modules/1",
            StageKey.of(Map.of("data", "other")),
            CheckpointPolicy.NEVER);

    assertThat(other.latest()).isEmpty();
  }

  @Test
  void tellsWhoseStateItIs() {
    var storage = new LocalStorage(root);
    assertThat(Checkpoints.key(storage, "modules/1")).isEmpty();
    save(10);

    assertThat(Checkpoints.key(storage, "modules/1")).contains(CheckpointFixtures.KEY);
    assertThat(Checkpoints.key(storage, "modules/2")).isEmpty();
  }

  private void save(long step) {
    checkpoints.save(state(step));
  }

  private static TrainingState state(long step) {
    return new TrainingState(step, weights("a", (float) step, 2), Map.of(), List.of());
  }

  private Path folder() {
    return root.resolve("checkpoints/modules-1");
  }

  private List<String> files(String extension) throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(file -> file.endsWith("." + extension))
          .sorted()
          .toList();
    }
  }
}
