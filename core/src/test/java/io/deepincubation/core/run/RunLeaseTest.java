package io.deepincubation.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.machine.Host;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLeaseTest {

  private static final LeaseTerms TERMS =
      new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(100), "app-1");

  @TempDir private Path root;

  private final FakeClock clock = new FakeClock();
  private final List<String> lost = new ArrayList<>();

  /** Time that passes only when somebody sleeps, and what happens meanwhile. */
  private static final class FakeClock implements LeaseClock {

    private Duration passed = Duration.ZERO;
    private Runnable meanwhile = () -> {};

    @Override
    public long nanoTime() {
      return passed.toNanos();
    }

    @Override
    public Instant now() {
      return Instant.parse("2026-01-01T00:00:00Z").plus(passed);
    }

    @Override
    public void sleep(Duration pause) {
      passed = passed.plus(pause);
      meanwhile.run();
    }
  }

  @Test
  void aFreeFolderIsTakenAtOnceAndGivenBack() {
    RunLease lease = lease(new LocalStorage(root));

    lease.acquire();
    lease.acquire();

    assertThat(clock.passed).isZero();
    assertThat(file()).exists();
    assertThatCode(lease::requireHeld).doesNotThrowAnyException();
    lease.close();
    assertThat(file()).doesNotExist();
  }

  @Test
  void tellsWhoHoldsIt() throws IOException {
    RunLease lease = lease(new LocalStorage(root));
    lease.acquire();

    assertThat(Files.readString(file()))
        .contains(
            "\"application\": \"app-1\"",
            "\"process\": " + ProcessHandle.current().pid(),
            "\"host\": \"" + Host.name() + "\"",
            "\"until\": \"2026-01-01T00:00:30Z\"");
    lease.close();
  }

  @Test
  void aSecondDriverStopsAfterItsPatienceAndSaysWhoHoldsTheFolder() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    clock.meanwhile = first::renew;

    assertThatExceptionOfType(LeaseException.class)
        .isThrownBy(() -> lease(new LocalStorage(root)).acquire())
        .withMessage(
            "Cannot use the run folder %s: it is held by process %d on %s (application app-1) until"
                + " 2026-01-01T00:02:10Z unless it renews; let that driver finish, or wait longer"
                + " for it (now 100 s)",
            root, ProcessHandle.current().pid(), Host.name());
    assertThat(clock.passed).isEqualTo(Duration.ofSeconds(100));
    first.requireHeld();
    first.close();
  }

  @Test
  void aSecondDriverGoesOnWhenTheFirstHasFinished() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    clock.meanwhile =
        () -> {
          first.renew();
          if (clock.passed.toSeconds() == 50) {
            first.close();
          }
        };

    RunLease second = lease(new LocalStorage(root));
    second.acquire();

    assertThat(clock.passed).isEqualTo(Duration.ofSeconds(50));
    second.requireHeld();
    second.close();
  }

  @Test
  void aHolderThatGivesNoSignOfLifeLosesItAfterTheDuration() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    alter("\"until\": \"2026", "\"until\": \"2999");
    RunLease second = lease(new LocalStorage(root));

    second.acquire();

    assertThat(clock.passed).isEqualTo(Duration.ofSeconds(32));
    second.requireHeld();
    assertThatExceptionOfType(LeaseException.class)
        .isThrownBy(first::requireHeld)
        .withMessageStartingWith(
            "Cannot go on with the run folder %s: this driver did not renew its lease for 30 s, and"
                + " process ",
            root);
    assertThat(lost).containsExactly("lost");
    first.close();
    assertThat(file()).exists();
    second.close();
  }

  @Test
  void aProcessOfThisMachineThatIsGoneLosesItAtOnce() throws Exception {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    alter("\"process\": " + ProcessHandle.current().pid(), "\"process\": " + gone.pid());

    RunLease second = lease(new LocalStorage(root));
    second.acquire();

    assertThat(clock.passed).isLessThan(Duration.ofSeconds(3));
    second.close();
  }

  @Test
  void aProcessNumberThatIsUsedAgainIsAnotherProcess() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    long start = Host.processStart(ProcessHandle.current().pid());
    alter("\"processStart\": " + start, "\"processStart\": " + (start - 60_000));

    RunLease second = lease(new LocalStorage(root));
    second.acquire();

    assertThat(clock.passed).isLessThan(Duration.ofSeconds(3));
    second.close();
  }

  @Test
  void aProcessNumberOfAnotherMachineSaysNothing() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    alter("\"machine\": \"" + Host.machine(), "\"machine\": \"elsewhere");
    alter("\"process\": " + ProcessHandle.current().pid(), "\"process\": 999999999");

    RunLease second = lease(new LocalStorage(root));
    second.acquire();

    assertThat(clock.passed).isEqualTo(Duration.ofSeconds(32));
    second.close();
  }

  @Test
  void aDriverThatWasFencedOutCommitsNothing() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    var folder = new RunFolder(new LocalStorage(root));
    Commits commits = folder.commits(first);
    var shard = folder.writeShard("meta", 0, CheckpointFixtures.weights("a", 1));
    RunLease second = lease(new LocalStorage(root));
    second.acquire();

    assertThatExceptionOfType(LeaseException.class)
        .isThrownBy(
            () ->
                commits.keep(
                    CheckpointFixtures.result("meta", List.of(shard), 0),
                    Map.of(),
                    List.of(),
                    CheckpointFixtures.NO_ANSWERS))
        .withMessageContaining("took over");
    assertThat(root.resolve("meta/result.json")).doesNotExist();
    assertThat(root.resolve("meta/metrics.jsonl")).doesNotExist();
    second.close();
  }

  @Test
  void ofTwoThatTakeItAtOnceWhereFilesAreNotCreatedAtomicallyTheLastOneHasIt() {
    var storage = new RacyStorage(new LocalStorage(root));
    clock.meanwhile =
        () -> {
          if (clock.passed.equals(Duration.ofSeconds(2))) {
            alter("\"id\": \"", "\"id\": \"another-");
          } else if (clock.passed.equals(Duration.ofSeconds(10))) {
            new LocalStorage(root).delete("lease.json");
          }
        };

    RunLease early = lease(storage);
    early.acquire();

    assertThat(clock.passed).isGreaterThan(Duration.ofSeconds(10));
    early.requireHeld();
    early.close();
  }

  /** Says what an object store would say. */
  private record RacyStorage(Storage delegate) implements ForwardingStorage {

    @Override
    public boolean createsAtomically() {
      return false;
    }

    @Override
    public void write(String name, Content content) {
      delegate.write(name, content);
    }
  }

  @Test
  void refusesALeaseOfAnotherVersionAndOneThatIsDamaged() {
    RunLease first = lease(new LocalStorage(root));
    first.acquire();
    alter("\"formatVersion\": 1", "\"formatVersion\": 2");

    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> lease(new LocalStorage(root)).acquire())
        .withMessageContaining("lease.json: expected format version 1, got 2");
    CheckpointFixtures.truncate(file());
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> lease(new LocalStorage(root)).acquire())
        .withMessageContaining("make sure that no driver works there, then delete it");
  }

  /** Breaks readings off, as object stores do when a file is renewed in the middle of one. */
  private record BreakingOff(Storage delegate, AtomicInteger left) implements ForwardingStorage {

    @Override
    public InputStream open(String name) {
      if (left.getAndDecrement() > 0) {
        throw new StorageException("Cannot read " + name + ": it changed meanwhile");
      }
      return delegate.open(name);
    }

    @Override
    public void write(String name, Content content) {
      delegate.write(name, content);
    }
  }

  @Test
  void readsAgainWhenARenewalCameInBetween() {
    var broken = new AtomicInteger();
    RunLease lease = lease(new BreakingOff(new LocalStorage(root), broken));
    lease.acquire();

    broken.set(4);
    assertThatCode(lease::requireHeld).doesNotThrowAnyException();

    broken.set(5);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(lease::requireHeld)
        .withMessageContaining("it changed meanwhile");
    lease.close();
  }

  private RunLease lease(Storage storage) {
    return new RunLease(storage, TERMS, () -> lost.add("lost"), clock);
  }

  private Path file() {
    return root.resolve("lease.json");
  }

  private void alter(String from, String to) {
    try {
      String text = Files.readString(file());
      assertThat(text).contains(from);
      Files.writeString(file(), text.replace(from, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
