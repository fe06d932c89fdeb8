package io.deepincubation.core.run;

import org.jspecify.annotations.Nullable;

/**
 * One attempt at a stage, or at a worker's part of one of its rounds, whatever came of it; a line
 * of a run's {@code attempts.jsonl}.
 *
 * @param stage the stage's name
 * @param round of the stage's rounds, from 0
 * @param worker of the stage's workers, from 0
 * @param workers of the stage, where the attempt is at one's part of a round; else 1, or 0 in files
 *     of earlier versions
 * @param attempt from 0; counted anew when a driver starts again
 * @param executor the process: Spark's id, or {@code driver}
 * @param host where it ran
 * @param device what computed, or empty where it was never told
 * @param startedAt ISO-8601 instant
 * @param finishedAt ISO-8601 instant, or null while it runs
 * @param outcome what came of it
 * @param reason why it did not commit the stage; else empty
 */
public record TaskAttempt(
    String stage,
    int round,
    int worker,
    int workers,
    int attempt,
    String executor,
    String host,
    String device,
    String startedAt,
    @Nullable String finishedAt,
    Outcome outcome,
    String reason) {

  /** What came of an attempt. */
  public enum Outcome {
    /** It runs, as far as is known. */
    RUNNING,
    /** The stage is committed. */
    DONE,
    /** It failed. */
    FAILED,
    /** It was stopped, since another attempt was faster or the job ended. */
    STOPPED,
    /** Its driver ended without a word, so nobody saw its end. */
    LOST
  }

  /** An attempt at a whole stage. */
  public TaskAttempt(
      String stage,
      int attempt,
      String executor,
      String host,
      String device,
      String startedAt,
      @Nullable String finishedAt,
      Outcome outcome,
      String reason) {
    this(stage, 0, 0, 1, attempt, executor, host, device, startedAt, finishedAt, outcome, reason);
  }

  /** The attempt with its device known. */
  public TaskAttempt on(String known) {
    return new TaskAttempt(
        stage,
        round,
        worker,
        workers,
        attempt,
        executor,
        host,
        known,
        startedAt,
        finishedAt,
        outcome,
        reason);
  }

  /** The attempt at its end. */
  public TaskAttempt ended(String at, Outcome came, String why) {
    return new TaskAttempt(
        stage, round, worker, workers, attempt, executor, host, device, startedAt, at, came, why);
  }

  /** What was attempted. */
  public Assignment assignment() {
    return workers > 1 ? new Assignment(stage, round, worker, workers) : Assignment.whole(stage);
  }

  /** An attempt that begins. */
  public static TaskAttempt begun(RunEvent.Started started) {
    Assignment at = started.assignment();
    RunEvent.Source source = started.source();
    return new TaskAttempt(
        at.stage(),
        at.round(),
        at.worker(),
        at.workers(),
        source.attempt(),
        source.executor(),
        source.host(),
        source.device(),
        started.time(),
        null,
        Outcome.RUNNING,
        "");
  }
}
