package io.deepincubation.core.bench;

import ai.djl.ndarray.NDManager;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.training.StepKey;
import io.deepincubation.core.training.TaskObjective;
import io.deepincubation.core.training.TrainingStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Times the parts of training steps on a batch that is ready. A GPU is waited for at the end of
 * each part, where training would go on.
 */
public final class StepTimer {

  /**
   * Seconds of a step.
   *
   * @param forward the loss alone, without a thought of gradients
   * @param gather the loss and the gradients, as training computes them
   * @param update of the parameters
   */
  public record Times(double forward, double gather, double update) {

    /** A training step: all but the separate forward pass. */
    public double step() {
      return gather + update;
    }
  }

  /** Of the steps, which change the parameters little. */
  private static final double RATE = 1e-5;

  /** Steps that never count. */
  private static final int WARM_UP = 2;

  private final TaskObjective objective;
  private final Recipe recipe;
  private final Compute compute;

  /**
   * Prepares to time.
   *
   * @param objective of the steps
   * @param recipe batch and optimizer
   * @param compute where and how they compute
   */
  public StepTimer(TaskObjective objective, Recipe recipe, Compute compute) {
    this.objective = objective;
    this.recipe = recipe;
    this.compute = compute;
  }

  /**
   * Trains on one batch again and again.
   *
   * @param manager owns the optimizer's arrays
   * @param batch the images
   * @param key what the steps' draws are for
   * @param warmUpSeconds that go by before steps count, for the JVM to compile; at least two steps
   * @param steps that count
   * @return medians, each for itself
   */
  public Times time(NDManager manager, Batch batch, BatchKey key, double warmUpSeconds, int steps) {
    var all = new ArrayList<Times>();
    try (var step = new TrainingStep(objective, manager, recipe, /* clipNorm= */ 0, compute)) {
      long start = System.nanoTime();
      int warm = 0;
      for (int i = 0; i < warm + steps; i++) {
        var of = new StepKey(key, /* epoch= */ 0, i, batch.size());
        all.add(time(step, batch, of));
        if (i == warm && (i < WARM_UP || System.nanoTime() - start < warmUpSeconds * 1e9)) {
          warm++;
        }
      }
    }
    List<Times> counted = all.subList(all.size() - steps, all.size());
    return new Times(
        median(counted, Times::forward),
        median(counted, Times::gather),
        median(counted, Times::update));
  }

  private Times time(TrainingStep step, Batch batch, StepKey key) {
    long start = System.nanoTime();
    step.forEachPart(
        batch,
        key,
        (part, from, lane) -> {
          try (GradientMode mode = GradientMode.frozen()) {
            objective.loss(part.images(), part.targets(), from).close();
          }
        });
    step.waitForDevice();
    long forwarded = System.nanoTime();
    long gathering = 0;
    long updating = 0;
    for (int pass = 0; pass < recipe.batch().accumulation(); pass++) {
      long began = System.nanoTime();
      step.gather(batch, key);
      step.waitForDevice();
      long gathered = System.nanoTime();
      step.update(RATE);
      step.waitForDevice();
      gathering += gathered - began;
      updating += System.nanoTime() - gathered;
    }
    double forward = (forwarded - start) / 1e9 * recipe.batch().accumulation();
    return new Times(forward, gathering / 1e9, updating / 1e9);
  }

  private static double median(List<Times> times, ToDoubleFunction<Times> part) {
    return times.stream()
        .mapToDouble(part)
        .boxed()
        .sorted(Comparator.naturalOrder())
        .skip(times.size() / 2)
        .findFirst()
        .orElseThrow();
  }
}
