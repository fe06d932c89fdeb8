package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.testing.TinyRuns;
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
    Recipe recipe = TinyRuns.recipe(4);
    RunContext context = TinyRuns.context(folder, recipe);

    IncubationReport report = TinyRuns.incubate(context, recipe, 2);

    assertThat(report.modules()).hasSize(TinyRuns.MODULES);
    assertThat(report.model().accuracy()).isGreaterThan(0.5);
    assertThat(context.folder().result(Stages.FINAL)).contains(report.model());
    assertThat(context.folder().result(Stages.module(1))).contains(report.modules().get(1));
    assertThat(report.trainingFlops()).isPositive();
  }

  @Test
  void assembledModelIsTheIncubatedModulesBitForBit() {
    Recipe recipe = TinyRuns.recipe(1);
    RunContext context = TinyRuns.context(folder, recipe);
    IncubationReport report = TinyRuns.incubate(context, recipe, 1);

    List<Weights> assembled = context.folder().weights(report.stage(Stages.ASSEMBLED));
    for (int i = 0; i < TinyRuns.MODULES; i++) {
      Weights module = context.folder().weights(report.modules().get(i)).get(0);
      assertThat(module.tensors().keySet())
          .containsExactlyElementsOf(
              context.architecture().parameters(ModularDivision.even(4, 2), i).stream()
                  .map(ParameterSpec::name)
                  .toList());
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
        TinyRuns.incubate(TinyRuns.context(folder.resolve("one"), recipe), recipe, 1);
    IncubationReport two =
        TinyRuns.incubate(TinyRuns.context(folder.resolve("two"), recipe), recipe, 2);
    assertThat(digests(two)).isEqualTo(digests(one));
  }

  @Test
  void committedStagesAreNotRepeated() {
    Recipe recipe = TinyRuns.recipe(1);
    IncubationReport first = TinyRuns.incubate(TinyRuns.context(folder, recipe), recipe, 2);
    var told = new ArrayList<String>();
    RunContext again = TinyRuns.context(folder, recipe, progress -> told.add(progress.stage()));

    IncubationReport second = TinyRuns.incubate(again, recipe, 2);

    assertThat(second).isEqualTo(first);
    assertThat(told).isEmpty();
  }

  @Test
  void modulesAreTrainedOnDifferentWeightsThanTheBaseline() {
    Recipe recipe = TinyRuns.recipe(1);
    RunContext context = TinyRuns.context(folder, recipe);
    IncubationReport report = TinyRuns.incubate(context, recipe, 1);
    StageResult baseline = TinyRuns.run(new EndToEnd(), context, recipe, 1).run().model();
    assertThat(baseline.stage()).isEqualTo("baselines/e2e");
    assertThat(baseline.sha256()).isNotEqualTo(report.model().sha256());
  }

  @Test
  void namesTheMissingStage() {
    Recipe recipe = TinyRuns.recipe(1);
    MethodRun incubation =
        TinyRuns.run(new DeepIncubation(), TinyRuns.context(folder, recipe), recipe, 1);
    assertThatThrownBy(() -> incubation.run(stage -> stage.module().isPresent()))
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
    assertThatThrownBy(() -> TinyRuns.incubate(context, wild, 1))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("stage meta, epoch 0");
    assertThat(context.folder().result(Stages.META)).isEmpty();
  }

  private static List<String> digests(IncubationReport report) {
    return report.stages().stream().map(StageResult::sha256).toList();
  }
}
