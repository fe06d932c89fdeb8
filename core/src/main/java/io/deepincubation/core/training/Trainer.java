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
   * @param objective what is minimised
   * @param manager owns the optimizer's arrays; on the network's device
   * @param measures measure the network as it is, between two steps
   * @throws TrainingDivergedException if the loss stops being a finite number
   * @throws CancellationException if the thread was interrupted, within a step
   */
  public TrainingOutcome train(Objective objective, NDManager manager, Measures measures) {
    double clipNorm = stage.schedule().clipNorm();
    try (var training = new TrainingStep(objective, manager, recipe, clipNorm, compute)) {
      var session = new Session(objective, training, manager, measures);
      checkpoints.latest().ifPresent(session::restore);
      return session.run();
    }
  }

  /** One run of the loop, with what changes in it. */
  private final class Session {

    private final TrainingStep training;
    private final Measures measures;
    private final ModularNetwork network;
    private final MeasuredWeights weights;
    private final TrainingSnapshot snapshot;
    private final TrainingEvents events;
    private final IntervalClock clock = new IntervalClock();
    private final int interval = Math.max(1, steps.perEpoch() / INTERVALS);
    private long step;
    private long resumedFromStep;
    private @Nullable Measurement last;

    Session(Objective objective, TrainingStep training, NDManager manager, Measures measures) {
      this.training = training;
      this.measures = measures;
      network = objective.network();
      weights =
          new MeasuredWeights(recipe.ema(), stage.schedule().best(), objective.trained(), manager);
      snapshot = new TrainingSnapshot(objective.trained(), training.optimizer());
      events = new TrainingEvents(stage, attempt.source(compute.device()), steps, observer);
    }

    TrainingOutcome run() {
      if (step > 0 || attempt.number() > 0) {
        resume();
      }
      if (goesOn()) {
        try (var feed =
                new Prefetcher(
                    batches, step * steps.accumulation(), steps.accumulation() * steps.perEpoch());
            CheckpointKeeper keeper = checkpoints.keeper(step)) {
          measures.rehearse(training);
          clock.go();
          while (goesOn()) {
            requireWanted();
            step(feed);
            if (steps.inEpoch(step) % interval == 0) {
              endInterval(feed);
            }
            if (goesOn() && keeper.wants(step)) {
              keep(keeper, feed);
            }
          }
        }
      }
      return outcome();
    }

    private boolean goesOn() {
      return step < steps.all() && !weights.stops();
    }

    /** Leaves the network with the weights that the stage ends in. */
    private TrainingOutcome outcome() {
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
        var key = new StepKey(draws, steps.epoch(step), batch, steps.batchSize(), 0);
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

    private void endInterval(Prefetcher feed) {
      double sum = training.optimizer().takeTotalLoss();
      requireFinite(sum);
      events.passed(clock.end(sum, feed.waitedNanos()), step);
      if (steps.inEpoch(step) == 0) {
        clock.endEpoch(steps.perEpoch());
        measureIfDue(steps.epoch(step));
      }
      clock.begin(feed.waitedNanos());
    }

    private void measureIfDue(int epochs) {
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
      var tensors = new LinkedHashMap<>(snapshot.take());
      tensors.putAll(weights.state());
      var counters = new HashMap<>(clock.counters(start, feed.waitedNanos()));
      counters.putAll(weights.counters());
      keeper.keep(new TrainingState(step, new Weights(tensors), counters, events.lines()));
      clock.pause(System.nanoTime() - start);
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
