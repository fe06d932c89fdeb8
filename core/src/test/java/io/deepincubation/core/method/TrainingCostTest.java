package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.testing.TinyRuns;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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
    var cost = new TrainingCost(context.architecture(), context.data().train().size());

    for (Method method : Methods.all()) {
      List<Stage> stages = method.stages(recipe);
      IncubationReport report = TinyRuns.run(method, context, recipe, 1).run();
      for (Stage stage : stages) {
        StageResult result = report.stage(stage.name());
        StageCost planned = cost.of(stage);
        assertThat(planned.nominal()).isCloseTo(result.trainingFlops(), ROUNDING);
        assertThat(planned.computed())
            .isCloseTo(Objects.requireNonNull(result.computedFlops()), ROUNDING);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"cifar100-small, 10000, 100", "quickstart, 6000, 12"})
  void smallRecipesCompareAtEqualCost(String name, int images, int classes) {
    Recipe recipe = Recipes.named(name);
    var equal = new EqualCost(images, classes);
    double budget = equal.of(new DeepIncubation(), recipe).computed();
    assertThat(equal.solved(new EndToEnd(), recipe, budget).endToEnd())
        .isEqualTo(recipe.endToEnd());
    assertThat(equal.of(new EndToEnd(), recipe).computed())
        .isCloseTo(budget, Percentage.withPercentage(100 * EqualCost.TOLERANCE));
  }
}
