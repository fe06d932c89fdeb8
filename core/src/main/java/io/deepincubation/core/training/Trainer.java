package io.deepincubation.core.training;

import ai.djl.ndarray.NDManager;
import io.deepincubation.core.checkpoint.CheckpointKeeper;
import io.deepincubation.core.checkpoint.Checkpoints;
import io.deepincubation.core.checkpoint.Host;
import io.deepincubation.core.checkpoint.MetricsLine;
import io.deepincubation.core.checkpoint.ResidentMemory;
import io.deepincubation.core.checkpoint.TrainingState;
import io.deepincubation.core.data.BatchKey;
import io.deepincubation.core.data.Prefetcher;
import io.deepincubation.core.data.TrainingBatches;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop of every stage: batches in, losses down, state kept.
 *
 * <p>A step is a forward pass, one native call for gradients and update, and nothing that waits for
 * the device. At the end of a logging interval the loop reads the loss and reports. After any step
 * it hands over a copy of its state if one is wanted; a training that was stopped goes on from
 * there, and ends in the same bytes.
 */
public final class Trainer {

  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  /** Logging intervals of an epoch. */
  private static final int INTERVALS = 10;

  /** Evaluations of a stage, its end included. */
  private static final int EVALUATIONS = 6;

  private final Recipe recipe;
  private final StageRecipe stage;
  private final String name;
  private final BatchKey key;
  private final TrainingBatches batches;
  private final Compute compute;
  private final Checkpoints checkpoints;
  private final Consumer<StageProgress> progress;
  private final TaskPlace place;
  private final RateSchedule schedule;
  private final int stepsPerEpoch;

  /**
   * Prepares a stage's training.
   *
   * @param recipe batch, optimizer, schedule and loss
   * @param stage epochs and clipping
   * @param name the stage's
   * @param key what the random draws are for
   * @param batches the training images
   * @param compute where and how the task computes
   * @param checkpoints where the stage's state is kept
   * @param progress told once a logging interval
   * @param place which attempt this is, and where
   */
  public Trainer(
      Recipe recipe,
      StageRecipe stage,
      String name,
      BatchKey key,
      TrainingBatches batches,
      Compute compute,
      Checkpoints checkpoints,
      Consumer<StageProgress> progress,
      TaskPlace place) {
    this.recipe = recipe;
    this.stage = stage;
    this.name = name;
    this.key = key;
    this.batches = batches;
    this.compute = compute;
    this.checkpoints = checkpoints;
    this.progress = progress;
    this.place = place;
    schedule = RateSchedule.of(recipe, stage);
    stepsPerEpoch = Math.max(1, batches.batchesPerEpoch() / recipe.batch().accumulation());
  }

  /**
   * Trains from the start, or from the last kept state, to the end of the stage.
   *
   * @param objective what is minimised
   * @param manager owns the optimizer's arrays; on the network's device
   * @param accuracy measures the network as it is, between two steps
   * @throws TrainingDivergedException if the loss stops being a finite number
   */
  public TrainingOutcome train(Objective objective, NDManager manager, AccuracyMeasure accuracy) {
    try (var training = new TrainingStep(objective, manager, recipe, stage.clipNorm(), compute)) {
      var session = new Session(objective, training, accuracy);
      checkpoints.latest().ifPresent(session::restore);
      return session.run();
    }
  }

  /** Optimizer steps of the stage. */
  private long steps() {
    return (long) stage.epochs() * stepsPerEpoch;
  }

  /** One run of the loop, with what changes in it. */
  private final class Session {

    private final Objective objective;
    private final TrainingStep training;
    private final Optimizer optimizer;
    private final AccuracyMeasure accuracy;
    private final List<MetricsLine> metrics = new ArrayList<>();
    private final TensorCopies copies = new TensorCopies();
    private final int interval = Math.max(1, stepsPerEpoch / INTERVALS);
    private long step;
    private long resumedFromStep;
    private double seconds;
    private double epochLoss;
    private double lastEpochLoss;
    private double lastAccuracy = Double.NaN;
    private long intervalStart;
    private long intervalWait;
    private int intervalSteps;

    Session(Objective objective, TrainingStep training, AccuracyMeasure accuracy) {
      this.objective = objective;
      this.training = training;
      this.accuracy = accuracy;
      optimizer = training.optimizer();
    }

    TrainingOutcome run() {
      if (step > 0 || place.attempt() > 0) {
        String event =
            place.inWords() + (step == 0 ? " starts anew" : " goes on from step " + step);
        LOG.info("Stage {}: {}", name, event);
        metrics.add(line(null, 0, 0, null, event));
      }
      if (step < steps()) {
        try (var feed =
                new Prefetcher(
                    batches, firstBatch(), recipe.batch().accumulation() * stepsPerEpoch);
            CheckpointKeeper keeper = checkpoints.keeper(step)) {
          accuracy.rehearse(training);
          intervalStart += System.nanoTime();
          while (step < steps()) {
            step(feed);
            if (endsInterval()) {
              endInterval(feed);
            }
            if (step < steps() && keeper.wants(step)) {
              keep(keeper, feed);
            }
          }
        }
      }
      if (Double.isNaN(lastAccuracy)) {
        lastAccuracy = accuracy.of(training);
      }
      long images = steps() * recipe.batch().effectiveSize();
      return new TrainingOutcome(
          images,
          stage.epochs(),
          seconds,
          lastEpochLoss,
          lastAccuracy,
          steps(),
          resumedFromStep,
          metrics);
    }

    private long firstBatch() {
      return step * recipe.batch().accumulation();
    }

    private void step(Prefetcher feed) {
      int epoch = Math.toIntExact(step / stepsPerEpoch);
      int stepOfEpoch = Math.toIntExact(step % stepsPerEpoch);
      double rate = schedule.rate(epoch, stepOfEpoch, stepsPerEpoch);
      int accumulation = recipe.batch().accumulation();
      for (int pass = 0; pass < accumulation; pass++) {
        var stepKey =
            new StepKey(key, epoch, stepOfEpoch * accumulation + pass, recipe.batch().size(), 0);
        training.gather(feed.next(), stepKey);
        training.update(rate);
      }
      step++;
      intervalSteps++;
    }

    private boolean endsInterval() {
      long stepOfEpoch = step % stepsPerEpoch;
      return stepOfEpoch % interval == 0;
    }

    private void startInterval(Prefetcher feed) {
      intervalStart = System.nanoTime();
      intervalWait = feed.waitedNanos();
      intervalSteps = 0;
    }

    private void endInterval(Prefetcher feed) {
      double sum = optimizer.takeTotalLoss();
      double elapsed = (System.nanoTime() - intervalStart) / 1e9;
      double waited = (feed.waitedNanos() - intervalWait) / 1e9;
      requireFinite(sum);
      seconds += elapsed;
      epochLoss += sum;
      report(sum / intervalSteps, elapsed, waited / elapsed);
      if (step % stepsPerEpoch == 0) {
        endEpoch();
      }
      startInterval(feed);
    }

    /** Hands over the state; the time that this takes is not training's. */
    private void keep(CheckpointKeeper keeper, Prefetcher feed) {
      long start = System.nanoTime();
      requireFinite(optimizer.totalLoss());
      keeper.keep(state(start - intervalStart, feed.waitedNanos() - intervalWait));
      intervalStart += System.nanoTime() - start;
    }

    private void endEpoch() {
      lastEpochLoss = epochLoss / stepsPerEpoch;
      epochLoss = 0;
      int epochs = Math.toIntExact(step / stepsPerEpoch);
      int every = Math.max(1, stage.epochs() / EVALUATIONS);
      boolean due = epochs % every == 0 && stage.epochs() - epochs >= every;
      if (step == steps() || due) {
        lastAccuracy = accuracy.of(training);
        metrics.add(line(null, 0, 0, lastAccuracy, null));
      }
    }

    private void requireFinite(double loss) {
      if (!Double.isFinite(loss)) {
        throw new TrainingDivergedException(
            String.format(
                "Training diverged in stage %s, epoch %d, step %d: expected a finite loss, got %s;"
                    + " lower the rate or lengthen the warm-up",
                name, (step - 1) / stepsPerEpoch, step, loss));
      }
    }

    private void report(double loss, double elapsed, double dataWait) {
      double imagesPerSecond = intervalSteps * recipe.batch().effectiveSize() / elapsed;
      metrics.add(line(loss, imagesPerSecond, dataWait, null, null));
      double secondsLeft = (steps() - step) * recipe.batch().effectiveSize() / imagesPerSecond;
      progress.accept(
          new StageProgress(
              name,
              key.moduleIndex(),
              recipe.division().modules(),
              epoch(),
              stage.epochs(),
              step,
              steps(),
              loss,
              rate(),
              imagesPerSecond,
              dataWait,
              secondsLeft,
              Host.name(),
              place.device(compute.device())));
    }

    private int epoch() {
      return Math.toIntExact(Math.max(0, step - 1) / stepsPerEpoch);
    }

    private double rate() {
      return schedule.rate(
          epoch(), Math.toIntExact(Math.max(0, step - 1) % stepsPerEpoch), stepsPerEpoch);
    }

    private MetricsLine line(
        @Nullable Double loss,
        double imagesPerSecond,
        double dataWait,
        @Nullable Double top1,
        @Nullable String event) {
      return new MetricsLine(
          Instant.now().toString(),
          name,
          key.moduleIndex() < 0 ? null : key.moduleIndex(),
          epoch(),
          step,
          steps(),
          loss,
          rate(),
          imagesPerSecond,
          dataWait,
          top1,
          ResidentMemory.bytes(),
          event);
    }

    private TrainingState state(long intervalNanos, long intervalWaitNanos) {
      var tensors = new LinkedHashMap<String, Weights.Tensor>();
      List<NetworkModule> trained = objective.trained();
      for (int i = 0; i < trained.size(); i++) {
        tensors.putAll(trained.get(i).weights(modulePrefix(i), copies).tensors());
      }
      tensors.putAll(optimizer.state(copies));
      return new TrainingState(
          step,
          new Weights(tensors),
          Map.of(
              "seconds",
              seconds,
              "epochLoss",
              epochLoss,
              "lastEpochLoss",
              lastEpochLoss,
              "intervalSteps",
              (double) intervalSteps,
              "intervalNanos",
              (double) intervalNanos,
              "intervalWaitNanos",
              (double) intervalWaitNanos),
          metrics);
    }

    private void restore(TrainingState kept) {
      List<NetworkModule> trained = objective.trained();
      for (int i = 0; i < trained.size(); i++) {
        String prefix = modulePrefix(i);
        var tensors = new LinkedHashMap<String, Weights.Tensor>();
        kept.tensors()
            .tensors()
            .forEach(
                (name, tensor) -> {
                  if (name.startsWith(prefix)) {
                    tensors.put(name, tensor);
                  }
                });
        trained.get(i).restore(new Weights(tensors));
      }
      optimizer.restore(kept.tensors());
      step = kept.step();
      resumedFromStep = step;
      seconds = kept.counter("seconds");
      epochLoss = kept.counter("epochLoss");
      lastEpochLoss = kept.counter("lastEpochLoss");
      intervalSteps = (int) kept.counter("intervalSteps");
      intervalStart = -(long) kept.counter("intervalNanos");
      intervalWait = -(long) kept.counter("intervalWaitNanos");
      metrics.addAll(kept.metrics());
      LOG.info("Stage {} goes on from step {} of {}", name, step, steps());
    }

    private static String modulePrefix(int index) {
      return "module." + index + ".";
    }
  }
}
