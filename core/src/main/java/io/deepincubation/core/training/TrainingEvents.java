package io.deepincubation.core.training;

import io.deepincubation.core.machine.ResidentMemory;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.MetricsLine;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tells what happens in a training, and keeps the lines of its {@code metrics.jsonl}. */
final class TrainingEvents {

  private final TrainedStage stage;
  private final RunEvent.Source source;
  private final StageSteps steps;
  private final RunObserver observer;
  private final List<MetricsLine> lines = new ArrayList<>();

  TrainingEvents(
      TrainedStage stage, RunEvent.Source source, StageSteps steps, RunObserver observer) {
    this.stage = stage;
    this.source = source;
    this.steps = steps;
    this.observer = observer;
  }

  /** Takes over the lines of an earlier attempt. */
  void restore(List<MetricsLine> kept) {
    lines.addAll(kept);
  }

  /** The lines so far. */
  List<MetricsLine> lines() {
    return List.copyOf(lines);
  }

  /**
   * An interrupted training goes on.
   *
   * @param fromStep steps that it takes over
   * @param told what the metrics say of it
   */
  void resumed(long fromStep, String told) {
    observer.on(new RunEvent.Resumed(stage.assignment(), source, now(), fromStep));
    happened(fromStep, told);
  }

  /**
   * Something that metrics tell in a line of its own.
   *
   * @param done optimizer steps
   * @param told what they say of it
   */
  void happened(long done, String told) {
    lines.add(
        new MetricsLine(
            now(),
            stage.name(),
            stage.module(),
            epochOf(done),
            done,
            steps.all(),
            null,
            rateOf(done),
            0,
            0,
            null,
            ResidentMemory.bytes(),
            told));
  }

  /** A logging interval has passed, after so many steps of the stage. */
  void passed(IntervalClock.Passed passed, long done) {
    double workers = stage.assignment().workers();
    double imagesPerSecond = passed.steps() * steps.images() / workers / passed.seconds();
    var interval =
        new RunEvent.Interval(
            stage.assignment(),
            source,
            now(),
            stage.module(),
            stage.modules(),
            epochOf(done),
            steps.epochs(),
            done,
            steps.all(),
            passed.loss(),
            rateOf(done),
            imagesPerSecond,
            passed.dataWait(),
            (steps.all() - done) * steps.images() / workers / imagesPerSecond,
            ResidentMemory.bytes());
    lines.add(MetricsLine.of(interval));
    observer.on(interval);
  }

  /** The network was measured after so many steps of the stage. */
  void measured(Metrics metrics, long done) {
    var measured =
        new RunEvent.Measured(
            stage.name(),
            source,
            now(),
            stage.module(),
            epochOf(done),
            done,
            steps.all(),
            rateOf(done),
            ResidentMemory.bytes(),
            metrics);
    lines.add(MetricsLine.of(measured));
    observer.on(measured);
  }

  private int epochOf(long done) {
    return steps.epoch(Math.max(0, done - 1));
  }

  private double rateOf(long done) {
    return steps.rate(Math.max(0, done - 1));
  }

  private static String now() {
    return Instant.now().toString();
  }
}
