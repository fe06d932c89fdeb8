package io.deepincubation.core.run;

import static io.deepincubation.core.run.CheckpointFixtures.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckpointKeeperTest {

  private static final String STAGE = "modules/1";

  @TempDir private Path root;

  private final AtomicLong clock = new AtomicLong();

  @Test
  void trainingGoesOnWhileAStateIsOnItsWay() throws InterruptedException {
    var arrived = new CountDownLatch(1);
    try (CheckpointKeeper keeper = keeper(gated(arrived), CheckpointPolicy.every(Duration.ZERO))) {
      keeper.keep(state(1));

      assertThat(keeper.wants(2)).isFalse();
      assertThat(stored()).isEmpty();
      arrived.countDown();
    }
    assertThat(stored()).containsExactly(1L);
  }

  @Test
  void aBoundOnRepeatedStepsWaitsForTheStateBefore() throws Exception {
    var arrived = new CountDownLatch(1);
    try (CheckpointKeeper keeper = keeper(gated(arrived), CheckpointPolicy.steps(4));
        var other = new ClosingExecutor()) {
      assertThat(keeper.wants(1)).isFalse();
      assertThat(keeper.wants(2)).isTrue();
      keeper.keep(state(2));
      assertThat(keeper.wants(3)).isFalse();

      Future<Boolean> fourth = other.submit(() -> keeper.wants(4));
      assertThat(fourth.isDone()).isFalse();
      arrived.countDown();

      assertThat(fourth.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(stored()).containsExactly(2L);
    }
  }

  @Test
  void aBoundOfOneStepStoresEachStateBeforeTheNextStep() {
    try (CheckpointKeeper keeper = keeper(new LocalStorage(root), CheckpointPolicy.steps(1))) {
      for (long step = 1; step <= 3; step++) {
        assertThat(keeper.wants(step)).isTrue();
        keeper.keep(state(step));
        assertThat(stored()).contains(step);
      }
    }
  }

  @Test
  void countsStepsFromWhereTheTrainingGoesOn() {
    var checkpoints = checkpoints(new LocalStorage(root), CheckpointPolicy.steps(20));
    try (var keeper =
        new CheckpointKeeper(checkpoints, CheckpointPolicy.steps(20), 57, clock::get)) {
      assertThat(keeper.wants(66)).isFalse();
      assertThat(keeper.wants(67)).isTrue();
    }
  }

  @Test
  void savingTakesATwentiethOfTheTimeAtMost() {
    var slow =
        new InterleavedStorage(new LocalStorage(root), ".json", () -> clock.addAndGet(1_000));
    try (CheckpointKeeper keeper = keeper(slow, new CheckpointPolicy(4, Duration.ofNanos(10)))) {
      clock.addAndGet(10);
      assertThat(keeper.wants(1)).isTrue();
      keeper.keep(state(1));
      assertThat(keeper.wants(3)).as("two steps later, once the state is stored").isTrue();
      clock.addAndGet(19_999);
      assertThat(keeper.wants(2)).isFalse();
      clock.addAndGet(1);
      assertThat(keeper.wants(2)).isTrue();
    }
  }

  @Test
  void neverMeansNever() {
    clock.set(Long.MAX_VALUE - 1);
    try (CheckpointKeeper keeper = keeper(new LocalStorage(root), CheckpointPolicy.NEVER)) {
      assertThat(keeper.wants(Long.MAX_VALUE - 1)).isFalse();
    }
  }

  @Test
  void aRefusedStateDoesNotStopTheTraining() {
    var refusals = new AtomicInteger(2);
    try (CheckpointKeeper keeper = keeper(refusing(refusals), CheckpointPolicy.steps(1))) {
      for (long step = 1; step <= 3; step++) {
        keeper.keep(state(step));
      }
      refusals.set(2);
      keeper.keep(state(4));
      keeper.keep(state(5));
    }
    assertThat(stored()).containsExactly(3L);
  }

  @Test
  void threeRefusalsInARowEndTheTraining() {
    var refusals = new AtomicInteger(Integer.MAX_VALUE);
    try (CheckpointKeeper keeper = keeper(refusing(refusals), CheckpointPolicy.steps(1))) {
      keeper.keep(state(1));
      keeper.keep(state(2));
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> keeper.keep(state(3)))
          .withMessage(
              "Cannot write %s: the disk is full (3 checkpoints in a row; the ones before stay, so"
                  + " the same command goes on from them)",
              root);
    }
  }

  @Test
  void whatIsNoRefusalEndsTheTrainingAtOnce() {
    var broken =
        new InterleavedStorage(
            new LocalStorage(root),
            ".json",
            () -> {
              throw new IllegalArgumentException("a bug");
            });
    try (CheckpointKeeper keeper = keeper(broken, CheckpointPolicy.steps(1))) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> keeper.keep(state(1)))
          .withMessageContaining("a bug");
    }
  }

  private static final class ClosingExecutor implements AutoCloseable {

    private final java.util.concurrent.ExecutorService threads =
        Executors.newSingleThreadExecutor();

    <T> Future<T> submit(java.util.concurrent.Callable<T> work) {
      return threads.submit(work);
    }

    @Override
    public void close() {
      threads.shutdownNow();
    }
  }

  private CheckpointKeeper keeper(Storage storage, CheckpointPolicy policy) {
    return new CheckpointKeeper(checkpoints(storage, policy), policy, 0, clock::get);
  }

  private static Checkpoints checkpoints(Storage storage, CheckpointPolicy policy) {
    return new Checkpoints(storage, STAGE, CheckpointFixtures.KEY, policy);
  }

  /** A storage whose tensors arrive when the latch opens. */
  private Storage gated(CountDownLatch latch) {
    return new InterleavedStorage(
        new LocalStorage(root),
        ".safetensors",
        () -> {
          try {
            latch.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** A storage that refuses so many markers. */
  private Storage refusing(AtomicInteger refusals) {
    return new InterleavedStorage(
        new LocalStorage(root),
        ".safetensors",
        () -> {
          if (refusals.getAndDecrement() > 0) {
            throw new StorageException("Cannot write " + root + ": the disk is full");
          }
        });
  }

  private List<Long> stored() {
    return checkpoints(new LocalStorage(root), CheckpointPolicy.NEVER).latest().stream()
        .map(TrainingState::step)
        .toList();
  }

  private static TrainingState state(long step) {
    return new TrainingState(step, weights("a", (float) step, 2), Map.of(), List.of());
  }
}
