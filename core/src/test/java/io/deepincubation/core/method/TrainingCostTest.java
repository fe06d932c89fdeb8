package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.recipe.Epochs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
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
import org.junit.jupiter.params.provider.ValueSource;

class TrainingCostTest {

  private static final String EQUAL = "end-to-end.epochs=equal";
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

  /** Operations of an image of COCO, and of all: 9 and 1.3e7 TFLOP without padded windows. */
  @ParameterizedTest
  @CsvSource({
    "mask-rcnn-vit-l-coco-1x, 118287, 80, 9.9, 1.41e7",
    "mask-rcnn-vit-l-coco-3x, 118287, 80, 6.3, 2.68e7",
    "facade-detection, 438, 10, 8.1e-3, 98"
  })
  void detectorsCostWhatTheReferencesDo(
      String name, int images, int classes, double each, double all) {
    Recipe recipe = Recipes.named(name);
    var cost = new TrainingCost(Architectures.of(recipe, classes), images);
    Stage stage = new Transfer().stages(recipe).get(0);
    double total = cost.of(stage).nominal();

    assertThat(total / cost.images(stage) / 1e12).isCloseTo(each, Percentage.withPercentage(2));
    assertThat(total / 1e12).isCloseTo(all, Percentage.withPercentage(2));
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

  @ParameterizedTest
  @ValueSource(strings = {"cifar100-small", "resnet-110-cifar100", "deit-tiny-32-cifar100"})
  void equalEpochsCostWhatDeepIncubationDoes(String name) {
    Recipe recipe = RecipeYaml.override(Recipes.named(name), List.of(EQUAL));
    var cost = new TrainingCost(Architectures.of(recipe, 100), 10_000);
    double ours = cost.of(new DeepIncubation().stages(recipe)).computed();
    Stage theirs = EndToEnd.stage(recipe);
    double epoch = cost.of(theirs).computed() / theirs.schedule().epochs();

    assertThat(cost.of(theirs).computed()).isCloseTo(ours, within(0.51 * epoch));
  }

  @Test
  void equalEpochsAreThoseOfAllTrainingOfTheWholeModel() {
    Recipe recipe = RecipeYaml.override(Recipes.named("cifar100-small"), List.of(EQUAL));
    Recipe number =
        RecipeYaml.override(
            recipe, List.of("end-to-end.epochs=" + EndToEnd.schedule(recipe).epochs()));
    var inputs = new RunInputs("data", null);

    assertThat(EndToEnd.schedule(recipe).warmUpEpochs()).isEqualTo(5);
    for (Method method : List.of(new EndToEnd(), new Dgl(), new InfoPro(), new StagedEndToEnd())) {
      assertThat(method.stages(recipe).get(0).key(inputs).sha256())
          .isEqualTo(method.stages(number).get(0).key(inputs).sha256());
    }
  }

  @Test
  void equalEpochsStayEqualWhereAllAreScaled() {
    Recipe recipe = RecipeYaml.override(Recipes.named("cifar100-small"), List.of(EQUAL));

    Recipe half = EqualCost.scaledBy(recipe, 0.5);

    assertThat(half.endToEnd().epochs()).isEqualTo(Epochs.EQUAL);
    assertThat(half.endToEnd().warmUpEpochs()).isEqualTo(3);
    assertThat(EqualCost.scaledBy(Recipes.named("cifar100-small"), 0.5).endToEnd().epochs())
        .isEqualTo(Epochs.of(24));
  }
}
