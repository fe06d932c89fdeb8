package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrainingPlanTest {

  private static final int IMAGES = 50_000;

  private static final Compute COMPUTE =
      new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 1);

  private final Recipe recipe = Recipes.named("deit-tiny-32-cifar100");
  private final Architecture architecture = Architectures.of(recipe, 100);
  private final List<Stage> methods =
      Stream.of(new DeepIncubation(), new EndToEnd())
          .flatMap(method -> method.stages(recipe).stream())
          .toList();
  private final List<TrainingPlan.Planned> stages =
      new TrainingPlan(methods, architecture, IMAGES, COMPUTE).stages();

  @Test
  void addsUpToTheCostOfTraining() {
    var cost = new TrainingCost(architecture, IMAGES);
    double all = stages.stream().mapToDouble(planned -> planned.cost().nominal()).sum();
    assertThat(all).isCloseTo(cost.of(methods).nominal(), within(1e-6 * all));
  }

  @Test
  void aModuleKeepsGradientsAndMomentsOfItselfAlone() {
    TrainingPlan.Memory module = stages.get(2).memory();
    assertThat(module.gradientBytes()).isLessThan(module.weightBytes());
    assertThat(module.optimizerBytes()).isEqualTo(2 * module.gradientBytes());
    assertThat(module.lastingBytes()).isEqualTo(module.weightBytes() + 3 * module.gradientBytes());
  }

  @Test
  void aFrozenModuleKeepsLessThanATrainedOneAndNothingBeforeIt() {
    List<Long> ofModules = stages.subList(1, 5).stream().map(s -> activations(s)).toList();
    long whole = activations(stages.get(stages.size() - 1));

    assertThat(ofModules).isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(ofModules.get(0)).isLessThan(whole / 3);
    assertThat(activations(stages.get(0))).isLessThan(ofModules.get(3));
  }

  @Test
  void everyThreadGathersGradientsOfItsOwn() {
    var two = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 2);
    TrainingPlan.Planned alone = stages.get(2);
    TrainingPlan.Planned shared =
        new TrainingPlan(methods, architecture, IMAGES, two).stages().get(2);

    assertThat(shared.memory().gradientBytes()).isEqualTo(2 * alone.memory().gradientBytes());
    assertThat(activations(shared)).isEqualTo(2 * activations(alone));
    assertThat(shared.memory().optimizerBytes()).isEqualTo(alone.memory().optimizerBytes());
  }

  private static long activations(TrainingPlan.Planned stage) {
    return Objects.requireNonNull(stage.memory().activationBytes());
  }

  @Test
  void aWholeNetworkTrainsAllOfItsWeights() {
    TrainingPlan.Memory tuned = stages.get(stages.size() - 2).memory();
    assertThat(tuned.gradientBytes()).isEqualTo(tuned.weightBytes());
    long modules =
        stages.stream()
            .filter(planned -> planned.stage().module().isPresent())
            .mapToLong(stage -> stage.memory().gradientBytes())
            .sum();
    assertThat(modules).isEqualTo(tuned.weightBytes());
  }
}
