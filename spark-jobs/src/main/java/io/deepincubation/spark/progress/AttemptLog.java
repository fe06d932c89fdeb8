package io.deepincubation.spark.progress;

import io.deepincubation.core.checkpoint.LeaseException;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.StorageException;
import io.deepincubation.core.checkpoint.TaskAttempt;
import io.deepincubation.core.checkpoint.TaskAttempt.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts at a run's stages as its driver sees them, kept in the run folder. Safe for use by
 * many threads.
 *
 * <p>It is written by a thread of its own, so that a slow file system holds nobody up; where the
 * file system refuses, the run goes on without.
 */
public final class AttemptLog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AttemptLog.class);
  private static final Duration LAST_WRITE = Duration.ofSeconds(30);

  private final RunFolder folder;
  private final List<TaskAttempt> attempts;
  private final AtomicBoolean changed = new AtomicBoolean();
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          task -> {
            var thread = new Thread(task, "deep-incubation-attempts");
            thread.setDaemon(true);
            return thread;
          });

  private AttemptLog(RunFolder folder, List<TaskAttempt> attempts) {
    this.folder = folder;
    this.attempts = attempts;
  }

  /** Goes on with what earlier drivers of the run kept; what they left running is lost. */
  public static AttemptLog of(RunFolder folder) {
    var kept = new ArrayList<TaskAttempt>();
    try {
      kept.addAll(folder.taskAttempts());
    } catch (StorageException e) {
      LOG.warn("{}; the report will lack earlier attempts", e.getMessage());
    }
    kept.replaceAll(AttemptLog::settled);
    return new AttemptLog(folder, kept);
  }

  private static TaskAttempt settled(TaskAttempt attempt) {
    return attempt.outcome() == Outcome.RUNNING
        ? attempt.ended(attempt.startedAt(), Outcome.LOST, "its driver ended")
        : attempt;
  }

  /**
   * Notes that an attempt began.
   *
   * @return its number here, for what comes of it
   */
  synchronized int started(
      String stage, int attempt, String executor, String host, String device, Instant at) {
    attempts.add(
        new TaskAttempt(
            stage, attempt, executor, host, device, at.toString(), null, Outcome.RUNNING, ""));
    write();
    return attempts.size() - 1;
  }

  /** Notes that the driver itself began an attempt, counted after its earlier ones. */
  public synchronized int started(
      String stage, String executor, String host, String device, Instant at) {
    int earlier =
        (int)
            attempts.stream()
                .filter(a -> a.stage().equals(stage) && a.executor().equals(executor))
                .count();
    return started(stage, earlier, executor, host, device, at);
  }

  /** Notes what an attempt computes on. */
  synchronized void computesOn(int number, String device) {
    if (!attempts.get(number).device().equals(device)) {
      attempts.set(number, attempts.get(number).on(device));
      write();
    }
  }

  /** Notes an attempt's end. */
  public synchronized void ended(int number, Outcome outcome, String reason, Instant at) {
    attempts.set(number, attempts.get(number).ended(at.toString(), outcome, reason));
    write();
  }

  /** All attempts so far. */
  synchronized List<TaskAttempt> attempts() {
    return List.copyOf(attempts);
  }

  private void write() {
    if (!changed.getAndSet(true)) {
      writer.execute(this::writeNow);
    }
  }

  private void writeNow() {
    changed.set(false);
    try {
      folder.keepTaskAttempts(attempts());
    } catch (StorageException | LeaseException e) {
      LOG.warn("{}; the report may lack attempts", e.getMessage());
    }
  }

  /** Waits until all is written, for half a minute at most. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(LAST_WRITE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("Cannot keep the attempts in {} in time; the report may lack some", folder.uri());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
