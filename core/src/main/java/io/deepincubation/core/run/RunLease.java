package io.deepincubation.core.run;

import io.deepincubation.core.machine.Host;
import io.deepincubation.core.storage.CorruptFileException;
import io.deepincubation.core.storage.Json;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.thread.Daemons;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second driver out of a run folder: a file {@code lease.json} names the holder, who renews
 * it. A holder that has ended without a word loses it.
 *
 * <p>No two clocks are compared. Whoever waits looks at the file again and again, and takes over
 * when it has not changed for the lease's duration <em>by his own clock</em>; or at once, where the
 * holder was a process of the same machine that is gone. The instants in the file are for people.
 *
 * <p>A lease cannot stop a driver that was asleep, or cut off from the storage, for so long that
 * another took over. So a driver asks for it {@linkplain #requireHeld right before each
 * publication}, and one that finds another holder publishes nothing more. What slips through
 * between the question and the publication does no harm: a stage's first result stays, and any two
 * attempts at a stage make the same bytes.
 */
public final class RunLease implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunLease.class);
  private static final String FILE = "lease.json";
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int READINGS = 5;
  private static final Duration WARN_INTERVAL = Duration.ofSeconds(10);

  /** For others that saw the same to be seen, where files are not created atomically. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  private final Storage storage;
  private final LeaseTerms terms;
  private final Runnable whenLost;
  private final LeaseClock clock;
  private final String id = UUID.randomUUID().toString();
  private @Nullable ScheduledExecutorService renewing;
  private long renewals;
  private volatile @Nullable Lease successor;

  /**
   * A lease that is not held yet.
   *
   * @param storage of the run folder
   * @param terms how long it is good for and how long to wait for it
   * @param whenLost told, on another thread, that another driver took over
   */
  public RunLease(Storage storage, LeaseTerms terms, Runnable whenLost) {
    this(storage, terms, whenLost, LeaseClock.SYSTEM);
  }

  RunLease(Storage storage, LeaseTerms terms, Runnable whenLost, LeaseClock clock) {
    this.storage = storage;
    this.terms = terms;
    this.whenLost = whenLost;
    this.clock = clock;
  }

  /**
   * Takes the lease and renews it from now on; does nothing where it is held already.
   *
   * @throws LeaseException if another driver still holds it after the time to wait
   */
  public void acquire() {
    if (renewing != null) {
      return;
    }
    try {
      waitForIt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LeaseException("Cannot wait for " + name() + ": interrupted");
    }
    long millis = terms.renewal().toMillis();
    ScheduledExecutorService thread = Daemons.timer("run lease");
    var unused =
        thread.scheduleWithFixedDelay(this::renewOrLose, millis, millis, TimeUnit.MILLISECONDS);
    renewing = thread;
  }

  private void waitForIt() throws InterruptedException {
    var watch = new Watch();
    while (true) {
      Optional<Lease> holder = read();
      if (holder.isEmpty() || watch.isOver(holder.get())) {
        if (holder.isEmpty() ? takeFree() : takeOver(holder.get())) {
          return;
        }
      } else {
        watch.wait(holder.get());
      }
    }
  }

  /** What a driver that waits has seen, by its own clock. */
  private final class Watch {

    private final long begun = clock.nanoTime();
    private long warnedAt = begun - WARN_INTERVAL.toNanos();
    private long changed;
    private @Nullable Lease last;

    /** Whether the holder has ended. */
    boolean isOver(Lease holder) {
      if (last == null || !holder.isUnrenewed(last)) {
        last = holder;
        changed = clock.nanoTime();
      }
      return holder.isOfDeadProcess()
          || Duration.ofNanos(clock.nanoTime() - changed).toSeconds() >= holder.seconds();
    }

    /** Lets some time pass, if there is any left. */
    void wait(Lease holder) throws InterruptedException {
      Duration waited = Duration.ofNanos(clock.nanoTime() - begun);
      if (waited.compareTo(terms.patience()) >= 0) {
        throw held(holder);
      }
      if (clock.nanoTime() - warnedAt >= WARN_INTERVAL.toNanos()) {
        warnedAt = clock.nanoTime();
        LOG.warn(
            "Waiting for {}, {} s of {} s: it is held by {}",
            name(),
            waited.toSeconds(),
            terms.patience().toSeconds(),
            holder);
      }
      clock.sleep(POLL);
    }
  }

  private LeaseException held(Lease holder) {
    return new LeaseException(
        String.format(
            Locale.ROOT,
            "Cannot use the run folder %s: it is held by %s; let that driver finish, or wait longer"
                + " for it (now %d s)",
            storage.uri(),
            holder,
            terms.patience().toSeconds()));
  }

  private boolean takeFree() throws InterruptedException {
    boolean created = storage.create(FILE, content());
    return created && (storage.createsAtomically() || settled());
  }

  private boolean takeOver(Lease ended) throws InterruptedException {
    LOG.warn("Taking over {}, which was left behind by {}", name(), ended.holder());
    storage.write(FILE, content());
    return settled();
  }

  /** Whether the lease is still ours when others who took it at the same time have written, too. */
  private boolean settled() throws InterruptedException {
    clock.sleep(SETTLE);
    return read().filter(this::isMine).isPresent();
  }

  private Storage.Content content() {
    Instant now = clock.now();
    long process = ProcessHandle.current().pid();
    byte[] text =
        Json.pretty(
            new Lease(
                Lease.FORMAT_VERSION,
                id,
                renewals,
                terms.duration().toSeconds(),
                terms.application(),
                Host.name(),
                Host.machine(),
                process,
                Host.processStart(process),
                now.toString(),
                now.plus(terms.duration()).toString()));
    return stream -> stream.write(text);
  }

  private void renewOrLose() {
    try {
      renew();
    } catch (RuntimeException e) {
      LOG.warn("Cannot renew {} now, trying again: {}", name(), e.getMessage());
    }
  }

  /** Renews the lease, or finds that another has it. */
  void renew() {
    if (isTakenByAnother()) {
      return;
    }
    renewals++;
    storage.write(FILE, content());
  }

  private boolean isTakenByAnother() {
    if (successor != null) {
      return true;
    }
    Optional<Lease> other = read().filter(found -> !isMine(found));
    other.ifPresent(this::lose);
    return other.isPresent();
  }

  private void lose(Lease other) {
    successor = other;
    LOG.warn("Lost {} to {}", name(), other.holder());
    whenLost.run();
  }

  /**
   * Throws where another driver is known to have taken over. Asks nobody, so it may be called
   * often.
   *
   * @throws LeaseException if it has
   */
  public void requireNotLost() {
    Lease other = successor;
    if (other != null) {
      throw new LeaseException(
          String.format(
              Locale.ROOT,
              "Cannot go on with the run folder %s: this driver did not renew its lease for %d s,"
                  + " and %s took over; let that driver finish",
              storage.uri(),
              terms.duration().toSeconds(),
              other.holder()));
    }
  }

  /**
   * Asks the storage who holds the lease.
   *
   * @throws LeaseException if it is another driver
   */
  public void requireHeld() {
    isTakenByAnother();
    requireNotLost();
  }

  private boolean isMine(Lease found) {
    return found.id().equals(id);
  }

  /** Some object stores break a reading off when the file is renewed in the middle of it. */
  private Optional<Lease> read() {
    return read(READINGS);
  }

  private Optional<Lease> read(int triesLeft) {
    try {
      return storage.exists(FILE)
          ? Optional.of(known(Json.read(storage, FILE, Lease.class)))
          : Optional.empty();
    } catch (CorruptFileException e) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot read %s/%s: %s; make sure that no driver works there, then delete it",
              storage.uri(),
              FILE,
              e.getMessage()),
          e);
    } catch (StorageException e) {
      if (!storage.exists(FILE)) {
        return Optional.empty();
      }
      if (triesLeft == 1) {
        throw e;
      }
      return read(triesLeft - 1);
    }
  }

  private Lease known(Lease found) {
    if (found.formatVersion() != Lease.FORMAT_VERSION) {
      throw new StorageException(
          String.format(
              Locale.ROOT,
              "Cannot read %s/%s: expected format version %d, got %d; use the version of this"
                  + " library that wrote it, or delete it when no driver works there",
              storage.uri(),
              FILE,
              Lease.FORMAT_VERSION,
              found.formatVersion()));
    }
    return found;
  }

  private String name() {
    return "the run folder " + storage.uri();
  }

  /** Gives the lease back, if it is held. */
  @Override
  public void close() {
    ScheduledExecutorService thread = renewing;
    if (thread == null) {
      return;
    }
    renewing = null;
    thread.shutdown();
    try {
      thread.awaitTermination(terms.duration().toSeconds(), TimeUnit.SECONDS);
      if (!isTakenByAnother()) {
        storage.delete(FILE);
      }
    } catch (StorageException e) {
      LOG.warn("Left {} behind; it ends by itself: {}", FILE, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
