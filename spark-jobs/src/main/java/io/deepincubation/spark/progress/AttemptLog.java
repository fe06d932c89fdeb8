package io.deepincubation.spark.progress;

import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.LeaseException;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.thread.Daemons;
import io.deepincubation.core.training.Attempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts at a run's stages as its driver sees them, kept in the run folder. Safe for use by
 * many threads.
 *
 * <p>It is written by a thread of its own, so that a slow file system holds nobody up; where the
 * file system refuses, the run goes on without.
 */
public final class AttemptLog implements RunObserver, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AttemptLog.class);
  private static final Duration LAST_WRITE = Duration.ofSeconds(30);

  private final Commits commits;
  private final List<TaskAttempt> attempts;
  private final AtomicBoolean changed = new AtomicBoolean();
  private final ExecutorService writer = Daemons.single("deep-incubation-attempts");

  private AttemptLog(Commits commits, List<TaskAttempt> attempts) {
    this.commits = commits;
    this.attempts = attempts;
  }

  /** Goes on with what earlier drivers of the run kept; what they left running is lost. */
  public static AttemptLog of(Commits commits) {
    var kept = new ArrayList<TaskAttempt>();
    try {
      kept.addAll(commits.folder().taskAttempts());
    } catch (StorageException e) {
      LOG.warn("{}; the report will lack earlier attempts", e.getMessage());
    }
    kept.replaceAll(AttemptLog::settled);
    return new AttemptLog(commits, kept);
  }

  private static TaskAttempt settled(TaskAttempt attempt) {
    return attempt.outcome() == Outcome.RUNNING
        ? attempt.ended(attempt.startedAt(), Outcome.LOST, "its driver ended")
        : attempt;
  }

  /** Takes what happens to an attempt. */
  @Override
  public void on(RunEvent event) {
    if (event instanceof RunEvent.Started started) {
      begin(started);
    } else if (event instanceof RunEvent.Interval interval) {
      change(interval, attempt -> attempt.on(interval.source().device()));
    } else if (event instanceof RunEvent.Ended ended) {
      change(ended, attempt -> attempt.ended(ended.time(), ended.outcome(), ended.reason()));
    }
  }

  private synchronized void begin(RunEvent.Started started) {
    attempts.add(TaskAttempt.begun(started));
    write();
  }

  /** Changes the attempt that an event tells of, where it runs. */
  private synchronized void change(RunEvent.OfAttempt event, UnaryOperator<TaskAttempt> with) {
    for (int i = attempts.size() - 1; i >= 0; i--) {
      TaskAttempt attempt = attempts.get(i);
      if (attempt.outcome() == Outcome.RUNNING && isOf(attempt, event)) {
        TaskAttempt changed = with.apply(attempt);
        if (!changed.equals(attempt)) {
          attempts.set(i, changed);
          write();
        }
        return;
      }
    }
  }

  /** The driver counts on over its own ends, which its training does not know of. */
  private static boolean isOf(TaskAttempt attempt, RunEvent.OfAttempt event) {
    RunEvent.Source source = event.source();
    return attempt.assignment().equals(event.assignment())
        && attempt.executor().equals(source.executor())
        && (attempt.attempt() == source.attempt() || attempt.executor().equals(Attempt.DRIVER));
  }

  /** The number of the driver's next attempt at a stage, counted on after its earlier ones. */
  public synchronized int nextOnDriver(String stage) {
    return (int)
        attempts.stream()
            .filter(a -> a.stage().equals(stage) && a.executor().equals(Attempt.DRIVER))
            .count();
  }

  /** All attempts so far. */
  synchronized List<TaskAttempt> attempts() {
    return List.copyOf(attempts);
  }

  private void write() {
    if (!changed.getAndSet(true)) {
      try {
        writer.execute(this::writeNow);
      } catch (RejectedExecutionException e) {
        LOG.debug("The log of attempts is closed already", e);
      }
    }
  }

  private void writeNow() {
    changed.set(false);
    try {
      commits.keepTaskAttempts(attempts());
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
        LOG.warn(
            "Cannot keep the attempts in {} in time; the report may lack some",
            commits.folder().uri());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
