package io.deepincubation.core.training;

import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Prefetcher;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.CheckpointKeeper;
import io.deepincubation.core.run.Checkpoints;
import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.ProcessEnd;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TrainingState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop of every stage: batches in, losses down, state kept.
 *
 * <p>A step is a forward pass, one native call for gradients and update, and nothing that waits for
 * the device. At the end of a logging interval the loop reads the loss and tells of it. After any
 * step it hands over a copy of its state if one is wanted; a training that was stopped goes on from
 * there, and ends in the same bytes.
 */
public final class Trainer {

  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  /** Logging intervals of an epoch. */
  private static final int INTERVALS = 10;

  /** Evaluations of a stage, its end included. */
  private static final int EVALUATIONS = 6;

  private final Recipe recipe;
  private final TrainedStage stage;
  private final BatchKey draws;
  private final TrainingBatches batches;
  private final Compute compute;
  private final Checkpoints checkpoints;
  private final RunObserver observer;
  private final Attempt attempt;
  private final StageSteps steps;

  /**
   * Prepares a stage's training.
   *
   * @param recipe batch, optimizer, schedule and loss
   * @param stage what is trained, and for how long
   * @param draws what the random draws are for
   * @param batches the training images
   * @param compute where and how the task computes
   * @param checkpoints where the stage's state is kept
   * @param observer told what happens
   * @param attempt which one this is, and where
   */
  public Trainer(
      Recipe recipe,
      TrainedStage stage,
      BatchKey draws,
      TrainingBatches batches,
      Compute compute,
      Checkpoints checkpoints,
      RunObserver observer,
      Attempt attempt) {
    this.recipe = recipe;
    this.stage = stage;
    this.draws = draws;
    this.batches = batches;
    this.compute = compute;
    this.checkpoints = checkpoints;
    this.observer = observer;
    this.attempt = attempt;
    steps = StageSteps.of(recipe, stage.schedule(), batches.batchesPerEpoch());
  }

  /**
   * Trains from the start, or from the last kept state, to the end of the stage.
   *
   * @param replicas what is minimised, over a network on each device; the first one's is the
   *     stage's
   * @param manager owns the optimizer's arrays; on that network's device
   * @param measures measure the network as it is, between two steps
   * @throws TrainingDivergedException if the loss stops being a finite number
   * @throws CancellationException if the thread was interrupted, within a step
   * @throws ProcessEndsException if this process is to end, once the state is kept
   */
  public TrainingOutcome train(List<Objective> replicas, NDManager manager, Measures measures) {
    try (TrainingStep training = step(replicas, manager)) {
      var session = new Session(replicas.get(0), training, manager, 0, steps.all());
      checkpoints.latest().ifPresent(session::restore);
      session.run(measures);
      return session.outcome(measures);
    }
  }

  /**
   * Does a worker's part of a round: the steps from a state on, or from the last one that was kept
   * in the round.
   *
   * @param replicas what is minimised, over a network on each device; the first one's is the
   *     stage's
   * @param manager owns the optimizer's arrays; on that network's device
   * @param start where the round begins; without moments of the optimizer they begin anew
   * @param end optimizer steps of the stage that are done after the round
   * @return the state at its end, with the lines of the round alone
   * @throws TrainingDivergedException if the loss stops being a finite number
   * @throws CancellationException if the thread was interrupted, within a step
   * @throws ProcessEndsException if this process is to end, once the state is kept
   */
  public TrainingState round(
      List<Objective> replicas, NDManager manager, TrainingState start, long end) {
    try (TrainingStep training = step(replicas, manager)) {
      var session = new Session(replicas.get(0), training, manager, start.step(), end);
      session.restore(start);
      checkpoints.latest().ifPresent(session::restore);
      session.run(null);
      return session.state();
    }
  }

  /**
   * Ends a stage whose rounds are done: measures what they came to.
   *
   * @param objective what was minimised
   * @param manager owns the optimizer's arrays; on the network's device
   * @param measures measure the network
   * @param rounds the state after the last of them
   */
  public TrainingOutcome finish(
      Objective objective, NDManager manager, Measures measures, TrainingState rounds) {
    try (TrainingStep training = step(List.of(objective), manager)) {
      var session = new Session(objective, training, manager, 0, steps.all());
      session.restore(rounds);
      return session.outcome(measures);
    }
  }

  private TrainingStep step(List<Objective> replicas, NDManager manager) {
    double clipNorm = stage.schedule().clipNorm();
    return new TrainingStep(replicas, manager, recipe, batches.size(), clipNorm, compute);
  }

  /** One run of the loop, with what changes in it. */
  private final class Session {

    private final TrainingStep training;
    private final long end;
    private final ModularNetwork network;
    private final MeasuredWeights weights;
    private final TrainingSnapshot snapshot;
    private final TrainingEvents events;
    private final IntervalClock clock = new IntervalClock();
    private final int interval = Math.max(1, steps.perEpoch() / INTERVALS);
    private final long begun;
    private long step;
    private long resumedFromStep;
    private long endedNanos;
    private long waitedNanos;
    private @Nullable Measurement last;

    Session(Objective objective, TrainingStep training, NDManager manager, long begun, long end) {
      this.training = training;
      this.begun = begun;
      this.end = end;
      network = objective.network();
      weights =
          new MeasuredWeights(recipe.ema(), stage.schedule().best(), objective.trained(), manager);
      snapshot = new TrainingSnapshot(objective.trained(), training.optimizer());
      events = new TrainingEvents(stage, attempt.source(compute), steps, observer);
    }

    /**
     * Does the steps that are left.
     *
     * @param measures measure the network meanwhile; null where that is not to be
     */
    void run(@Nullable Measures measures) {
      if (step > begun || attempt.number() > 0) {
        resume();
      }
      if (!goesOn()) {
        return;
      }
      int passes = steps.accumulation();
      try (ProcessEnd.Sign running = ProcessEnd.here().training();
          var feed =
              new Prefetcher(batches, step * passes, end * passes, passes * steps.perEpoch());
          CheckpointKeeper keeper = checkpoints.keeper(step)) {
        if (measures != null) {
          measures.rehearse(training);
        }
        clock.go();
        while (goesOn()) {
          requireWanted();
          step(feed);
          if (steps.inEpoch(step) % interval == 0) {
            endInterval(feed, measures);
          }
          boolean leaves = ProcessEnd.here().isNear();
          if (goesOn() && (keeper.wants(step) || leaves)) {
            keep(keeper, feed);
          }
          if (goesOn() && leaves) {
            throw leaving();
          }
        }
        endedNanos = System.nanoTime();
        waitedNanos = feed.waitedNanos();
      }
    }

    private boolean goesOn() {
      return step < end && !weights.stops();
    }

    /** The state after the last step. */
    TrainingState state() {
      requireFinite(training.optimizer().totalLoss());
      return state(endedNanos, waitedNanos);
    }

    /** Leaves the network with the weights that the stage ends in. */
    TrainingOutcome outcome(Measures measures) {
      if (step > 0) {
        weights.putLast();
      }
      BestWeights best = weights.chosen();
      List<Weights> lastWeights = best == null ? List.of() : network.weights();
      Choice choice = best == null ? null : choose(best);
      Measurement validated = last == null ? measures.validation().of(training) : last;
      return new TrainingOutcome(
          step * steps.images(),
          steps.epochsOf(step),
          clock.seconds(),
          clock.lastEpochLoss(),
          measures.areTwo() ? measures.test().of(training) : validated,
          measures.areTwo() ? validated.metrics() : null,
          choice,
          lastWeights,
          step,
          resumedFromStep,
          events.lines());
    }

    private Choice choose(BestWeights best) {
      boolean stopped = weights.stops() && step < steps.all();
      if (stopped) {
        tellStop(best);
      }
      if (best.step() < step) {
        best.putBack();
        last = null; // Of other weights.
      }
      return new Choice(
          best.recipe().metric(), best.value(), best.step(), stopped, steps.all(), List.of());
    }

    private void tellStop(BestWeights best) {
      String told =
          String.format(
              Locale.ROOT,
              "stopped at step %d of %d: no better %s than that of step %d, %.4f",
              step,
              steps.all(),
              best.recipe().metric(),
              best.step(),
              best.value());
      LOG.info("Stage {}: {}", stage.name(), told);
      events.happened(step, told);
    }

    private void resume() {
      String told = attempt.inWords() + (step == 0 ? " starts anew" : " goes on from step " + step);
      LOG.info("Stage {}: {}", stage.name(), told);
      events.resumed(step, told);
    }

    private void step(Prefetcher feed) {
      double rate = steps.rate(step);
      for (int pass = 0; pass < steps.accumulation(); pass++) {
        int batch = steps.inEpoch(step) * steps.accumulation() + pass;
        var key =
            new StepKey(draws, steps.epoch(step), batch, steps.batchSize(), batches.slice(), 0);
        training.gather(feed.next(), key);
        training.update(rate);
      }
      step++;
      weights.stepped(step);
      clock.step();
    }

    /** An interrupt of the training's thread, as notebooks send to stop a paragraph, ends it. */
    private void requireWanted() {
      if (Thread.interrupted()) {
        throw new CancellationException(
            String.format(
                Locale.ROOT,
                "Stopped stage %s after step %d of %d; asked for again, it goes on from its last"
                    + " kept state",
                stage.name(),
                step,
                steps.all()));
      }
    }

    /** The state is stored by the time that anyone hears of this. */
    private ProcessEndsException leaving() {
      String told =
          String.format(
              Locale.ROOT,
              "Stopped %s after step %d of %d, where its state is kept: this process is to end",
              stage.assignment().inWords(),
              step,
              steps.all());
      LOG.warn(told);
      return new ProcessEndsException(told);
    }

    private void endInterval(Prefetcher feed, @Nullable Measures measures) {
      double sum = training.optimizer().takeTotalLoss();
      requireFinite(sum);
      events.passed(clock.end(sum, feed.waitedNanos()), step);
      if (steps.inEpoch(step) == 0) {
        clock.endEpoch(steps.perEpoch());
        if (measures != null) {
          measureIfDue(steps.epoch(step), measures);
        }
      }
      clock.begin(feed.waitedNanos());
    }

    private void measureIfDue(int epochs, Measures measures) {
      if (step == steps.all() || isDue(epochs)) {
        last = weights.measured(() -> measures.validation().of(training), step);
        events.measured(last.metrics(), step);
      }
    }

    private boolean isDue(int epochs) {
      if (stage.schedule().best().isOn()) {
        return epochs % stage.schedule().best().every() == 0;
      }
      int every = Math.max(1, steps.epochs() / EVALUATIONS);
      return epochs % every == 0 && steps.epochs() - epochs >= every;
    }

    /** Hands over the state; the time that this takes is not training's. */
    private void keep(CheckpointKeeper keeper, Prefetcher feed) {
      long start = System.nanoTime();
      requireFinite(training.optimizer().totalLoss());
      keeper.keep(state(start, feed.waitedNanos()));
      clock.pause(System.nanoTime() - start);
    }

    private TrainingState state(long now, long waited) {
      var tensors = new LinkedHashMap<>(snapshot.take());
      tensors.putAll(weights.state());
      var counters = new HashMap<>(clock.counters(now, waited));
      counters.putAll(weights.counters());
      return new TrainingState(step, new Weights(tensors), counters, events.lines());
    }

    private void restore(TrainingState kept) {
      snapshot.restore(kept.tensors());
      weights.restore(kept);
      clock.restore(kept);
      events.restore(kept.metrics());
      step = kept.step();
      resumedFromStep = step;
    }

    private void requireFinite(double loss) {
      if (!Double.isFinite(loss)) {
        throw new TrainingDivergedException(
            String.format(
                Locale.ROOT,
                "Training diverged in stage %s, epoch %d, step %d: expected a finite loss, got %s;"
                    + " lower the rate or lengthen the warm-up",
                stage.name(),
                steps.epoch(step - 1),
                step,
                loss));
      }
    }
  }
}
