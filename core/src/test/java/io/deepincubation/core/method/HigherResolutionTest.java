package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Interpolation;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.testing.TinyRuns;
import io.deepincubation.core.weights.WeightsFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A trained model is fine-tuned on larger images. */
class HigherResolutionTest {

  private static final int SIDE = 24;

  @TempDir private Path folder;

  private static Recipe recipe(int epochs) {
    return RecipeYaml.override(
        TinyRuns.recipe(6),
        List.of(
            "higher-resolution.image=" + SIDE,
            "higher-resolution.epochs=" + epochs,
            "higher-resolution.rate-factor=0.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"deep-incubation", "e2e"})
  void theInterpolatedModelBeginsAboveChanceAndIsTrained(String name) {
    Method method = Methods.named(name);
    RunContext untrained = TinyRuns.context(folder.resolve("untrained"), recipe(0));
    RunContext trained = TinyRuns.context(folder.resolve("trained"), recipe(2));

    StageResult begun = TinyRuns.run(method, untrained, recipe(0), 1).run().model();
    StageResult ended = TinyRuns.run(method, trained, recipe(2), 1).run().model();

    assertThat(begun.stage()).endsWith("-" + SIDE);
    assertThat(begun.measuredAccuracy()).hasValueSatisfying(a -> assertThat(a).isGreaterThan(0.5));
    assertThat(ended.sha256()).isNotEqualTo(begun.sha256());
    assertThat(ended.images()).isEqualTo(2 * 96);
    assertThat(ended.measuredAccuracy()).hasValueSatisfying(a -> assertThat(a).isGreaterThan(0.5));
  }

  @Test
  void positionsAreInterpolatedAndAllElseIsTheModels() {
    RunContext context = TinyRuns.context(folder, recipe(0));
    TinyRuns.run(new EndToEnd(), context, recipe(0), 1).run();

    Weights small = weights(context.folder(), "baselines/e2e");
    Weights large = weights(context.folder(), "baselines/e2e-" + SIDE);

    assertThat(large.tensors().keySet()).isEqualTo(small.tensors().keySet());
    large
        .tensors()
        .forEach(
            (tensor, found) -> {
              Weights.Tensor before = small.tensor(tensor);
              Weights.Tensor expected =
                  tensor.equals("pos_embed")
                      ? Interpolation.position(before, new Grid(4, 4), new Grid(6, 6))
                      : before;
              assertThat(found.shape()).isEqualTo(expected.shape());
              assertThat(found.values()).isEqualTo(expected.values());
            });
  }

  private static Weights weights(RunFolder run, String stage) {
    return WeightsFolder.open(run.storage().folder(stage)).read();
  }

  @Test
  void initialWeightsOfAnotherImageAndPatchSizeAreInterpolated() {
    Recipe small = TinyRuns.recipe(1);
    Recipe large =
        RecipeYaml.override(
            small, List.of("model.image=36", "model.patch=6", "initial-weights=file:/pretrained"));
    Architecture of = Architectures.of(small, TinyRuns.CLASSES);
    List<Weights> modules = of.initialWeights(small.targetDivision(), 1, "pretrained");
    WeightsFolder.write(new LocalStorage(folder), modules, 1L << 40);

    Weights begun =
        StartingWeights.of(
                large,
                Architectures.of(large, TinyRuns.CLASSES),
                null,
                uri -> new LocalStorage(folder))
            .of(large.targetDivision(), 0, 0, "target");

    assertThat(begun.tensor("pos_embed").values())
        .isEqualTo(
            Interpolation.position(
                    modules.get(0).tensor("pos_embed"), new Grid(4, 4), new Grid(6, 6))
                .values());
    assertThat(begun.tensor("patch_embed.proj.weight").values())
        .isEqualTo(
            Interpolation.filters(modules.get(0).tensor("patch_embed.proj.weight"), 6).values());
  }

  @Test
  void costsWhatItsLargerImagesTake() {
    List<Stage> stages = new EndToEnd().stages(recipe(1));
    Architecture base = Architectures.of(recipe(1), TinyRuns.CLASSES);
    Architecture large = Architectures.of(recipe(1).model().at(SIDE), TinyRuns.CLASSES);

    assertThat(StageCost.of(stages.get(1), base))
        .isEqualTo(
            StageCost.ofTask(large, stages.get(1).network(), stages.get(1).network().allModules()));
    assertThat(EqualCost.ownSchedule(stages)).isEqualTo("end-to-end");
  }

  @Test
  void equalEpochsAreOfTheStagesAtTheModelsSize() {
    Recipe plain = RecipeYaml.override(TinyRuns.recipe(6), List.of("end-to-end.epochs=equal"));
    Recipe higher = RecipeYaml.override(plain, List.of("higher-resolution.image=" + SIDE));

    assertThat(EndToEnd.schedule(higher)).isEqualTo(EndToEnd.schedule(plain));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "higher-resolution.image=18 | a multiple of model.patch, 4",
        "higher-resolution.image=16 | another size than model.image, 16",
        "higher-resolution.image=-1 | a whole number of at least 0"
      })
  void namesSizesThatDoNotFit(String override, String expected) {
    assertThatThrownBy(() -> RecipeYaml.override(TinyRuns.recipe(1), List.of(override)))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(expected);
  }
}
