package io.deepincubation.core.run;

import io.deepincubation.core.machine.ResidentMemory;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that happens to a stage in a run: what boards, {@code metrics.jsonl}, attempts and
 * trackers are told. Events of one attempt come in their order.
 */
public sealed interface RunEvent extends Serializable {

  /** The stage's name, which tells one training from another in a run. */
  String stage();

  /** An event of one attempt at an assignment. */
  sealed interface OfAttempt extends RunEvent {

    /** What is attempted. */
    Assignment assignment();

    @Override
    default String stage() {
      return assignment().stage();
    }
  }

  /** Which attempt, and where. */
  Source source();

  /** ISO-8601 instant. */
  String time();

  /**
   * An attempt at a stage, and where it computes.
   *
   * @param executor the process: the cluster's name, or {@code driver}
   * @param attempt from 0
   * @param host the machine
   * @param device what computes, such as {@code cpu} or {@code gpu 0}; empty where it is not known
   */
  record Source(String executor, int attempt, String host, String device) implements Serializable {}

  /**
   * An attempt begins.
   *
   * @param speculative whether another one runs beside it
   */
  record Started(Assignment assignment, Source source, String time, boolean speculative)
      implements OfAttempt {}

  /**
   * A training that was interrupted goes on, or begins anew where no state was kept.
   *
   * @param fromStep steps that it takes over from a checkpoint
   */
  record Resumed(Assignment assignment, Source source, String time, long fromStep)
      implements OfAttempt {}

  /**
   * A logging interval of a training has passed.
   *
   * @param module the module that is kept, from 0, or null for a whole network
   * @param modules modules of the network, K
   * @param epoch the epoch being trained, from 0
   * @param epochs epochs of the whole stage
   * @param step optimizer steps done since the stage began
   * @param steps optimizer steps of the whole stage
   * @param loss mean training loss of the interval
   * @param rate learning rate
   * @param imagesPerSecond training images a second in the interval
   * @param dataWait share of that time that training waited for data, 0 to 1
   * @param secondsLeft estimate of the time to the end of the stage
   * @param processBytes resident in the process, see {@link ResidentMemory#bytes}
   */
  record Interval(
      Assignment assignment,
      Source source,
      String time,
      @Nullable Integer module,
      int modules,
      int epoch,
      int epochs,
      long step,
      long steps,
      double loss,
      double rate,
      double imagesPerSecond,
      double dataWait,
      double secondsLeft,
      long processBytes)
      implements OfAttempt {

    /** Checks the counts. */
    public Interval {
      if (module != null && (module < 0 || module >= modules)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cannot tell the progress of %s: expected a module index from 0 to %d, got %d",
                assignment.stage(),
                modules - 1,
                module));
      }
      if (step < 0 || step > steps) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Cannot tell the progress of %s: expected a step from 0 to %d, got %d",
                assignment.stage(),
                steps,
                step));
      }
    }

    /** The share of the stage that is done, 0 to 1. */
    public double fraction() {
      return steps == 0 ? 1 : (double) step / steps;
    }
  }

  /**
   * The network in training was measured between two steps.
   *
   * @param module the module that is kept, from 0, or null for a whole network
   * @param epoch the epoch that has ended, from 0
   * @param step optimizer steps done since the stage began
   * @param steps optimizer steps of the whole stage
   * @param rate learning rate
   * @param processBytes resident in the process
   * @param metrics what it is worth
   */
  record Measured(
      String stage,
      Source source,
      String time,
      @Nullable Integer module,
      int epoch,
      long step,
      long steps,
      double rate,
      long processBytes,
      Metrics metrics)
      implements RunEvent {}

  /** A stage is committed in the run folder. */
  record Committed(String stage, Source source, String time, String sha256) implements RunEvent {}

  /**
   * An attempt has ended.
   *
   * @param outcome what came of it
   * @param reason why it did not compute the stage; else empty
   */
  record Ended(
      Assignment assignment, Source source, String time, TaskAttempt.Outcome outcome, String reason)
      implements OfAttempt {}

  /**
   * The workers of a stage begin a round.
   *
   * @param round from 0
   * @param rounds of the whole stage
   * @param workers of the stage
   * @param fromStep optimizer steps done before
   */
  record RoundBegan(
      String stage, Source source, String time, int round, int rounds, int workers, long fromStep)
      implements RunEvent {}

  /**
   * A round is committed.
   *
   * @param round from 0
   * @param lines of the stage's metrics that it adds
   */
  record RoundEnded(String stage, Source source, String time, int round, List<MetricsLine> lines)
      implements RunEvent {

    /** Copies. */
    public RoundEnded {
      lines = List.copyOf(lines);
    }
  }
}
