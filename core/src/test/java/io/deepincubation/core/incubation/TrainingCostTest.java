package io.deepincubation.core.incubation;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingCostTest {

  private static final Percentage ROUNDING = Percentage.withPercentage(1e-9);

  @Test
  void plansWhatTrainingThenCounts(@TempDir Path folder) {
    Recipe recipe = TinyRuns.recipe(1);
    RunContext context = TinyRuns.context(folder, recipe);
    var cost = new TrainingCost(recipe, context.architecture(), context.data().train().size());

    DeepIncubation incubation = TinyRuns.incubation(context, 1);
    IncubationReport report = incubation.run();

    assertThat(cost.deepIncubation()).isCloseTo(report.trainingFlops(), ROUNDING);
    assertThat(cost.endToEnd()).isCloseTo(incubation.trainEndToEnd().trainingFlops(), ROUNDING);
    assertThat(cost.epochsOfEqualCost())
        .isEqualTo((int) Math.round(cost.deepIncubation() / cost.endToEnd()));
  }

  @ParameterizedTest
  @CsvSource({"cifar100-small, 10000, 100", "quickstart, 4000, 12"})
  void smallRecipesCompareAtEqualCost(String name, int images, int classes) {
    Recipe recipe = Recipes.named(name);
    var cost = new TrainingCost(recipe, Architectures.of(recipe.model(), classes), images);
    assertThat(cost.epochsOfEqualCost()).isEqualTo(recipe.endToEnd().epochs());
  }
}
