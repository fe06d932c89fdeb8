package io.deepincubation.core.training;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.network.Weights.Tensor;
import io.deepincubation.core.recipe.RoundsRecipe;
import io.deepincubation.core.recipe.RoundsRecipe.Outer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the workers' changes make of the weights that a round began with, in fp32:
 *
 * <pre>
 * d = (d_0 + d_1 + ... + d_(W-1)) / W            in the order of the workers
 * average:   w = w + d
 * nesterov:  m = mu * m + d,  w = w + rate * (d + mu * m)
 * </pre>
 *
 * <p>Running statistics are averaged in both.
 */
public final class OuterStep {

  private final RoundsRecipe recipe;
  private final Set<String> statistics;

  /**
   * Weights after a round.
   *
   * @param weights that the next one begins with
   * @param momentum of Nesterov; null where weights are averaged
   */
  public record Result(Weights weights, @Nullable Weights momentum) {}

  /**
   * Prepares the step.
   *
   * @param recipe the rule
   * @param statistics names of tensors that are no parameters
   */
  public OuterStep(RoundsRecipe recipe, Set<String> statistics) {
    this.recipe = recipe;
    this.statistics = Set.copyOf(statistics);
  }

  /**
   * Does it.
   *
   * @param weights that the round began with
   * @param momentum that the round before left; null before the first, and where weights are
   *     averaged
   * @param differences of the workers, in their order; one at a time is held
   */
  public Result of(Weights weights, @Nullable Weights momentum, Iterator<Weights> differences) {
    Weights change = mean(differences);
    var next = new LinkedHashMap<String, Tensor>();
    var moved = new LinkedHashMap<String, Tensor>();
    weights
        .tensors()
        .forEach(
            (name, tensor) -> {
              float[] mean = change.tensor(name).values();
              if (recipe.outer() == Outer.NESTEROV && !statistics.contains(name)) {
                float[] before = momentum == null ? null : momentum.tensor(name).values();
                float[] velocity = velocity(mean, before);
                moved.put(name, new Tensor(tensor.shape(), velocity));
                mean = step(mean, velocity);
              }
              next.put(name, new Tensor(tensor.shape(), sum(tensor.values(), mean)));
            });
    return new Result(new Weights(next), moved.isEmpty() ? null : new Weights(moved));
  }

  private static Weights mean(Iterator<Weights> differences) {
    var sums = new LinkedHashMap<String, Tensor>();
    differences
        .next()
        .tensors()
        .forEach((name, one) -> sums.put(name, new Tensor(one.shape(), one.values().clone())));
    int workers = 1;
    while (differences.hasNext()) {
      Weights other = differences.next();
      sums.forEach((name, sum) -> add(sum.values(), other.tensor(name).values()));
      workers++;
    }
    for (Tensor sum : sums.values()) {
      for (int i = 0; i < sum.values().length; i++) {
        sum.values()[i] /= workers;
      }
    }
    return new Weights(sums);
  }

  private static void add(float[] sum, float[] other) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
  }

  private float[] velocity(float[] mean, float @Nullable [] before) {
    float[] velocity = mean.clone();
    float momentum = (float) recipe.momentum();
    for (int i = 0; before != null && i < velocity.length; i++) {
      velocity[i] += momentum * before[i];
    }
    return velocity;
  }

  private float[] step(float[] mean, float[] velocity) {
    var step = new float[mean.length];
    float rate = (float) recipe.rate();
    float momentum = (float) recipe.momentum();
    for (int i = 0; i < step.length; i++) {
      step[i] = rate * (mean[i] + momentum * velocity[i]);
    }
    return step;
  }

  private static float[] sum(float[] one, float[] other) {
    float[] sum = one.clone();
    add(sum, other);
    return sum;
  }

  /** What a worker changed: the second weights less the first, by the first's names. */
  public static Weights difference(Weights before, Weights after) {
    var differences = new LinkedHashMap<String, Tensor>();
    before
        .tensors()
        .forEach(
            (name, tensor) -> {
              float[] values = after.tensor(name).values().clone();
              for (int i = 0; i < values.length; i++) {
                values[i] -= tensor.values()[i];
              }
              differences.put(name, new Tensor(tensor.shape(), values));
            });
    return new Weights(differences);
  }
}
