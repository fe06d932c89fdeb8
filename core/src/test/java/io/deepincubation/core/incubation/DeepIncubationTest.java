package io.deepincubation.core.incubation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.training.TrainingDivergedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeepIncubationTest {

  @TempDir private Path folder;

  @Test
  void runsAlgorithmOneAndCommitsEveryStage() {
    RunContext context = TinyRuns.context(folder, TinyRuns.recipe(4));

    IncubationReport report = TinyRuns.incubation(context, 2).run();

    assertThat(report.modules()).hasSize(TinyRuns.MODULES);
    assertThat(report.tuned().accuracy()).isGreaterThan(0.5);
    assertThat(context.folder().result(Stages.FINAL)).contains(report.tuned());
    assertThat(context.folder().result(Stages.module(1))).contains(report.modules().get(1));
    assertThat(report.trainingFlops()).isPositive();
  }

  @Test
  void assembledModelIsTheIncubatedModulesBitForBit() {
    RunContext context = TinyRuns.context(folder, TinyRuns.recipe(1));
    IncubationReport report = TinyRuns.incubation(context, 1).run();

    List<Weights> assembled = context.folder().weights(report.assembled());
    for (int i = 0; i < TinyRuns.MODULES; i++) {
      Weights module = context.folder().weights(report.modules().get(i)).get(0);
      assertThat(module.tensors().keySet())
          .containsExactlyElementsOf(
              ModuleNames.of(context.architecture(), ModularDivision.even(4, 2), i));
      module.tensors().forEach(sameValues(assembled.get(i)));
    }
  }

  private static BiConsumer<String, Weights.Tensor> sameValues(Weights other) {
    return (name, tensor) ->
        assertThat(other.tensor(name).values()).as(name).isEqualTo(tensor.values());
  }

  @Test
  void slotsDoNotChangeTheBytes() {
    Recipe recipe = TinyRuns.recipe(2);
    IncubationReport one =
        TinyRuns.incubation(TinyRuns.context(folder.resolve("one"), recipe), 1).run();
    IncubationReport two =
        TinyRuns.incubation(TinyRuns.context(folder.resolve("two"), recipe), 2).run();
    assertThat(digests(two)).isEqualTo(digests(one));
  }

  @Test
  void committedStagesAreNotRepeated() {
    Recipe recipe = TinyRuns.recipe(1);
    IncubationReport first = TinyRuns.incubation(TinyRuns.context(folder, recipe), 2).run();
    var told = new ArrayList<String>();
    RunContext again = TinyRuns.context(folder, recipe, progress -> told.add(progress.stage()));

    IncubationReport second = TinyRuns.incubation(again, 2).run();

    assertThat(second).isEqualTo(first);
    assertThat(told).isEmpty();
  }

  @Test
  void modulesAreTrainedOnDifferentWeightsThanTheBaseline() {
    RunContext context = TinyRuns.context(folder, TinyRuns.recipe(1));
    DeepIncubation incubation = TinyRuns.incubation(context, 1);
    IncubationReport report = incubation.run();
    StageResult baseline = incubation.trainEndToEnd();
    assertThat(baseline.stage()).isEqualTo("baselines/e2e");
    assertThat(baseline.sha256()).isNotEqualTo(report.tuned().sha256());
  }

  @Test
  void namesTheMissingStage() {
    DeepIncubation incubation =
        TinyRuns.incubation(TinyRuns.context(folder, TinyRuns.recipe(1)), 1);
    assertThatThrownBy(incubation::incubateModules)
        .isInstanceOf(MissingStageException.class)
        .hasMessage("Cannot find stage meta in %s: run `pretrain-meta` first", folder);
  }

  @Test
  void divergedTrainingLeavesNoResult() {
    Recipe wild =
        RecipeYaml.override(
            TinyRuns.recipe(2),
            List.of(
                "optimizer={rule: sgd, rate: 1e30, weight-decay: 0, beta1: 0, beta2: 0, epsilon:"
                    + " 0}",
                "meta={stochastic-depth: 0, clip-norm: 0}"));
    RunContext context = TinyRuns.context(folder, wild);
    assertThatThrownBy(() -> TinyRuns.incubation(context, 1).preTrainMetaModel())
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("stage meta, epoch 0");
    assertThat(context.folder().result(Stages.META)).isEmpty();
  }

  private static List<String> digests(IncubationReport report) {
    var digests = new ArrayList<String>();
    digests.add(report.meta().sha256());
    report.modules().forEach(module -> digests.add(module.sha256()));
    digests.add(report.assembled().sha256());
    digests.add(report.tuned().sha256());
    return digests;
  }
}
