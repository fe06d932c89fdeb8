package io.deepincubation.core.incubation;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.recipe.Recipe;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
