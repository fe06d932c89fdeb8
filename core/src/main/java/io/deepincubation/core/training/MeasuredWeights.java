package io.deepincubation.core.training;

import ai.djl.ndarray.NDManager;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.BestRecipe;
import io.deepincubation.core.recipe.EmaRecipe;
import io.deepincubation.core.run.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a training that are measured, and that it ends in: those that the optimizer leaves
 * or their average, and of them the last or the best.
 */
final class MeasuredWeights {

  private final @Nullable AverageWeights average;
  private final @Nullable BestWeights best;

  /**
   * Those of a recipe.
   *
   * @param ema the average
   * @param best the choice
   * @param trained modules that training changes
   * @param network owns the average's arrays
   */
  MeasuredWeights(EmaRecipe ema, BestRecipe best, List<NetworkModule> trained, NDManager network) {
    average = ema.isOn() ? new AverageWeights(ema, trained, network) : null;
    this.best = best.isOn() ? new BestWeights(best, trained) : null;
  }

  /** A step was done, from 1. */
  void stepped(long step) {
    if (average != null) {
      average.follow(step);
    }
  }

  /**
   * Measures them.
   *
   * @param measure of the network as it is
   * @param step optimizer steps done
   */
  Measurement measured(Supplier<Measurement> measure, long step) {
    swap();
    try {
      Measurement measured = measure.get();
      if (best != null) {
        best.measured(measured.metrics(), step);
      }
      return measured;
    } finally {
      swap();
    }
  }

  private void swap() {
    if (average != null) {
      average.swap();
    }
  }

  /** The best of them so far; null where a training ends in its last weights. */
  @Nullable BestWeights chosen() {
    return best != null && best.isMeasured() ? best : null;
  }

  /** Whether training stops here. */
  boolean stops() {
    return best != null && best.stops();
  }

  /** Leaves the last of them in the network, for good, after one step at least. */
  void putLast() {
    swap();
  }

  /** Tensors to be kept with the training's state. */
  Map<String, Weights.Tensor> state() {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    if (average != null) {
      tensors.putAll(average.state());
    }
    if (best != null) {
      tensors.putAll(best.state());
    }
    return tensors;
  }

  /** Numbers to be kept with them. */
  Map<String, Double> counters() {
    return best == null ? Map.of() : best.counters();
  }

  /** Goes on from what was kept. */
  void restore(TrainingState kept) {
    if (average != null) {
      average.restore(kept.tensors());
    }
    if (best != null) {
      best.restore(kept);
    }
  }
}
