package io.deepincubation.core.incubation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingPlanTest {

  private static final int IMAGES = 50_000;

  private final Recipe recipe = Recipes.named("deit-tiny-32-cifar100");
  private final Architecture architecture = Architectures.of(recipe.model(), 100);
  private final List<TrainingPlan.Stage> stages =
      new TrainingPlan(recipe, architecture, IMAGES).stages();

  @Test
  void addsUpToTheCostOfTraining() {
    var cost = new TrainingCost(recipe, architecture, IMAGES);
    double ours = stages.subList(0, stages.size() - 1).stream().mapToDouble(s -> s.flops()).sum();
    assertThat(ours).isCloseTo(cost.deepIncubation(), within(1e-6 * ours));
    assertThat(stages.get(stages.size() - 1).flops()).isEqualTo(cost.endToEnd());
  }

  @Test
  void aModuleKeepsGradientsAndMomentsOfItselfAlone() {
    TrainingPlan.Memory module = stages.get(2).memory();
    assertThat(module.gradientBytes()).isLessThan(module.weightBytes());
    assertThat(module.optimizerBytes()).isEqualTo(2 * module.gradientBytes());
    assertThat(module.totalBytes()).isEqualTo(module.weightBytes() + 3 * module.gradientBytes());
  }

  @Test
  void aWholeNetworkTrainsAllOfItsWeights() {
    TrainingPlan.Memory tuned = stages.get(stages.size() - 2).memory();
    assertThat(tuned.gradientBytes()).isEqualTo(tuned.weightBytes());
    long modules =
        stages.stream()
            .filter(stage -> stage.stage().startsWith("modules/"))
            .mapToLong(stage -> stage.memory().gradientBytes())
            .sum();
    assertThat(modules).isEqualTo(tuned.weightBytes());
  }
}
