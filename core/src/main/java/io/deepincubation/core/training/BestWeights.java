package io.deepincubation.core.training;

import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.BestRecipe;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a training's best measurement so far, and how long there was no better one. All of
 * it is kept with the training's state, so that a training that goes on chooses and stops alike.
 */
final class BestWeights {

  private static final String PREFIX = "best.";

  private final BestRecipe recipe;
  private final List<NetworkModule> trained;
  private Map<String, Weights.Tensor> tensors = Map.of();
  private double value;
  private long step;
  private int withoutBetter;

  /**
   * Nothing is measured yet.
   *
   * @param recipe what is better
   * @param trained modules that training changes
   */
  BestWeights(BestRecipe recipe, List<NetworkModule> trained) {
    this.recipe = recipe;
    this.trained = List.copyOf(trained);
  }

  /** The recipe. */
  BestRecipe recipe() {
    return recipe;
  }

  /**
   * Takes a measurement of the modules as they are.
   *
   * @param metrics that has the recipe's
   * @param done optimizer steps
   */
  void measured(Metrics metrics, long done) {
    double found = metrics.value(recipe.metric());
    if (!isMeasured() || isBetter(found)) {
      value = found;
      step = done;
      withoutBetter = 0;
      tensors = copied();
    } else {
      withoutBetter++;
    }
  }

  private boolean isBetter(double found) {
    double gain = Metrics.isBetterLow(recipe.metric()) ? value - found : found - value;
    return gain > recipe.minDelta();
  }

  /** Copies of their own: a state that holds those before may be on its way to the storage. */
  private Map<String, Weights.Tensor> copied() {
    var copies = new TensorCopies();
    var copied = new LinkedHashMap<String, Weights.Tensor>();
    for (int i = 0; i < trained.size(); i++) {
      copied.putAll(trained.get(i).weights(prefix(i), copies).tensors());
    }
    return copied;
  }

  /** Whether there was any measurement. */
  boolean isMeasured() {
    return !tensors.isEmpty();
  }

  /** Whether there was no better measurement for as long as the recipe's patience lasts. */
  boolean stops() {
    return recipe.stops() && withoutBetter >= recipe.patience();
  }

  /** The best measurement's value. */
  double value() {
    return value;
  }

  /** Optimizer steps done at the best measurement. */
  long step() {
    return step;
  }

  /** Puts the best weights into the modules. */
  void putBack() {
    for (int i = 0; i < trained.size(); i++) {
      trained.get(i).restore(Weights.startingWith(prefix(i), tensors));
    }
  }

  /** Weights to be kept with the training's state; nobody changes them. */
  Map<String, Weights.Tensor> state() {
    return tensors;
  }

  /** Numbers to be kept with them. */
  Map<String, Double> counters() {
    return Map.of(
        "bestValue", value, "bestStep", (double) step, "withoutBetter", (double) withoutBetter);
  }

  /** Goes on from what was kept. */
  void restore(TrainingState kept) {
    tensors = Weights.startingWith(PREFIX, kept.tensors().tensors()).tensors();
    value = kept.counter("bestValue");
    step = (long) kept.counter("bestStep");
    withoutBetter = (int) kept.counter("withoutBetter");
  }

  private static String prefix(int index) {
    return PREFIX + index + ".";
  }
}
