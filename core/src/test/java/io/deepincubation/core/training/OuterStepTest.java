package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.network.Weights.Tensor;
import io.deepincubation.core.recipe.RoundsRecipe;
import io.deepincubation.core.recipe.RoundsRecipe.Outer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OuterStepTest {

  private static final RoundsRecipe AVERAGE = new RoundsRecipe(1, Outer.AVERAGE, 0.5, 0.9);
  private static final RoundsRecipe NESTEROV = new RoundsRecipe(1, Outer.NESTEROV, 0.5, 0.75);

  private static Weights weights(float weight, float mean) {
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("weight", new Tensor(List.of(1L), new float[] {weight}));
    tensors.put("running_mean", new Tensor(List.of(1L), new float[] {mean}));
    return new Weights(tensors);
  }

  private static float value(Weights weights, String name) {
    return weights.tensor(name).values()[0];
  }

  @Test
  void averagesInTheOrderOfTheWorkers() {
    // In fp32 the order decides: (1e8 + 1) - 1e8 is 0, and (1e8 - 1e8) + 1 is 1.
    OuterStep.Result lost =
        new OuterStep(AVERAGE, Set.of())
            .of(
                weights(2, 10),
                null,
                List.of(weights(1e8f, 1), weights(1, 2), weights(-1e8f, 6)).iterator());
    OuterStep.Result kept =
        new OuterStep(AVERAGE, Set.of())
            .of(
                weights(2, 10),
                null,
                List.of(weights(1e8f, 1), weights(-1e8f, 6), weights(1, 2)).iterator());

    assertThat(value(lost.weights(), "weight")).isEqualTo(2);
    assertThat(value(kept.weights(), "weight")).isEqualTo(2 + 1 / 3f);
    assertThat(value(kept.weights(), "running_mean")).isEqualTo(13);
    assertThat(kept.momentum()).isNull();
  }

  @Test
  void oneWorkersChangeIsTheChange() {
    OuterStep.Result result =
        new OuterStep(AVERAGE, Set.of())
            .of(weights(2, 10), null, List.of(weights(0.25f, -1)).iterator());

    assertThat(value(result.weights(), "weight")).isEqualTo(2.25f);
    assertThat(value(result.weights(), "running_mean")).isEqualTo(9);
  }

  @Test
  void nesterovStepsByTheChangeAndItsMomentumAndAveragesStatistics() {
    var step = new OuterStep(NESTEROV, Set.of("running_mean"));

    OuterStep.Result first =
        step.of(weights(2, 10), null, List.of(weights(1, 1), weights(3, 3)).iterator());
    OuterStep.Result second =
        step.of(first.weights(), first.momentum(), List.of(weights(4, 4)).iterator());

    // d = 2, m = 2, w = 2 + 0.5 * (2 + 0.75 * 2); then d = 4, m = 5.5.
    assertThat(value(first.weights(), "weight")).isEqualTo(3.75f);
    assertThat(value(second.weights(), "weight")).isEqualTo(3.75f + 0.5f * (4 + 0.75f * 5.5f));
    assertThat(value(second.weights(), "running_mean")).isEqualTo(16);
    Weights momentum = Objects.requireNonNull(second.momentum());
    assertThat(momentum.tensors()).containsOnlyKeys("weight");
    assertThat(value(momentum, "weight")).isEqualTo(5.5f);
  }

  @Test
  void aDifferenceHasTheNamesOfWhatItBeganWith() {
    var after = new LinkedHashMap<String, Tensor>(weights(5, 6).tensors());
    after.put("optimizer.first.0", new Tensor(List.of(), new float[] {1}));

    Weights difference = OuterStep.difference(weights(2, 10), new Weights(after));

    assertThat(difference.tensors()).containsOnlyKeys("weight", "running_mean");
    assertThat(value(difference, "weight")).isEqualTo(3);
    assertThat(value(difference, "running_mean")).isEqualTo(-4);
  }

  @Test
  void workersMetricsMakeOneTraining() {
    Map<String, Double> first =
        WorkersMetrics.counters(
            Map.of(), List.of(), List.of(clock(2, 1, 5), clock(3, 1, 5), clock(1, 2, 5)));
    Map<String, Double> second =
        WorkersMetrics.counters(
            first,
            List.of(clock(2, 1, 5), clock(3, 1, 5), clock(1, 2, 5)),
            List.of(clock(4, 0, 7), clock(5, 0, 7), clock(6, 1, 7)));

    // The slowest took 4 s in the first round, and 7 - 3 s in the second.
    assertThat(first).containsEntry("seconds", 4.0).containsEntry("intervalSteps", 5.0);
    assertThat(second).containsEntry("seconds", 8.0).containsEntry("intervalSteps", 7.0);
  }

  private static Map<String, Double> clock(double seconds, double open, double steps) {
    return Map.of("seconds", seconds, "intervalNanos", open * 1e9, "intervalSteps", steps);
  }
}
