package io.deepincubation.core.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeCheckTest {

  @Test
  void findsNothingWrongWithThePapersRecipe() {
    assertThat(RecipeCheck.problems(DeitRecipe.BASE)).isEmpty();
    assertThat(RecipeCheck.require(DeitRecipe.BASE)).isSameAs(DeitRecipe.BASE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name=' ' | name | expected a name, got nothing",
        "model.classes=-1 | model.classes | expected a whole number of at least 0, got -1",
        "model.heads=0 | model.heads | expected a whole number of at least 1, got 0",
        "model.heads=5 | model.heads | expected a divisor of model.width, 192, got 5",
        "model.patch=5 | model.patch | expected a divisor of model.image, 32, got 5",
        "model.depth=30 | model.depth | expected a multiple of division.modules, 4, or explicit"
            + " division.depths, got 30",
        "division.depths=[8,8,8,0] | division.depths | expected at least 1 layer a module, got [8,"
            + " 8, 8, 0]",
        "division.depths=[8,8,8,9] | division.depths | expected depths that sum to model.depth, 32,"
            + " got [8, 8, 8, 9], which sum to 33",
        "division.depths=[16,16] | division.depths | expected as many depths as division.modules,"
            + " 4, got 2",
        "division.meta-depths=[1,1] | division.meta-depths | expected as many depths as"
            + " division.modules, 4, got 2",
        "model.family=resnet | division.modules | expected 3, the groups of equal width of a"
            + " residual network, got 4",
        "batch.accumulation=0 | batch.accumulation | expected a whole number of at least 1, got 0",
        "batch.size=63 | batch.size | expected an even number where mixup or cutmix is on, got 63",
        "optimizer.rate=0 | optimizer.rate | expected a number above 0, got 0.0",
        "optimizer.beta2=1 | optimizer.beta2 | expected a number from 0 to below 1, got 1.0",
        "optimizer.epsilon=0 | optimizer.epsilon | expected a number above 0, got 0.0",
        "schedule.minimum-rate=-1 | schedule.minimum-rate | expected a number of at least 0, got"
            + " -1.0",
        "loss.label-smoothing=1 | loss.label-smoothing | expected a number from 0 to below 1, got"
            + " 1.0",
        "augmentation.random-erasing=2 | augmentation.random-erasing | expected a probability from"
            + " 0 to 1, got 2.0",
        "augmentation.rand-augment=11 | augmentation.rand-augment | expected a magnitude from 0 to"
            + " 10, got 11.0",
        "augmentation.color-jitter=1 | augmentation.color-jitter | expected a number from 0 to"
            + " below 1, got 1.0",
        "augmentation.repeats=0 | augmentation.repeats | expected a whole number of at least 1, got"
            + " 0",
        "augmentation.resized-crop=true | augmentation.crop-padding | expected 0 where"
            + " augmentation.resized-crop is on, got 4",
        "augmentation.mixup=-0.1 | augmentation.mixup | expected a number of at least 0, got -0.1",
        "incubation.warm-up-epochs=201 | incubation.warm-up-epochs | expected at most"
            + " incubation.epochs, 200, got 201",
        "meta.stochastic-depth=1 | meta.stochastic-depth | expected a number from 0 to below 1, got"
            + " 1.0",
        "fine-tuning.clip-norm=-1 | fine-tuning.clip-norm | expected a number of at least 0, got"
            + " -1.0",
        "end-to-end.rate-factor=0 | end-to-end.rate-factor | expected a number above 0, got 0.0"
      })
  void namesTheKeyAndWhatIsExpected(String override, String key, String complaint) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> overridden(override))
        .withMessageStartingWith("Cannot use recipe deit: ")
        .withMessageContaining(key)
        .withMessageContaining(": " + complaint);
  }

  @Test
  void reportsAllProblemsAtOnce() {
    var stage = new StageRecipe(-1, 2, 1, -1, 0);
    var broken =
        new Recipe(
            "broken",
            0,
            Precision.FP32,
            new ModelRecipe(ModelRecipe.Family.VIT, 30, 10, 3, 4, 30, 0),
            "",
            new DivisionRecipe(4, List.of(), List.of()),
            new BatchRecipe(1, 1, false),
            DeitRecipe.BASE.optimizer(),
            DeitRecipe.BASE.schedule(),
            DeitRecipe.BASE.loss(),
            DeitRecipe.BASE.augmentation(),
            stage,
            DeitRecipe.BASE.incubation(),
            DeitRecipe.BASE.fineTuning(),
            DeitRecipe.BASE.endToEnd());

    assertThat(RecipeCheck.problems(broken))
        .extracting(RecipeProblem::key)
        .containsExactly(
            "meta.epochs",
            "meta.stochastic-depth",
            "meta.clip-norm",
            "meta.rate-factor",
            "model.heads",
            "model.patch",
            "model.depth",
            "batch.size",
            "meta.warm-up-epochs");
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> RecipeCheck.require(broken))
        .withMessageStartingWith("Cannot use recipe broken: meta.epochs: expected ")
        .withMessageContaining("; batch.size: expected an even number");
  }

  @Test
  void allowsWhatIsUnusual() {
    assertThat(
            overridden(
                    "division.depths=[1, 2, 3, 26]",
                    "division.meta-depths=[1, 1, 2, 2]",
                    "meta.epochs=0",
                    "meta.warm-up-epochs=0")
                .targetDivision()
                .depths())
        .containsExactly(1, 2, 3, 26);
  }

  private static Recipe overridden(String... overrides) {
    return RecipeYaml.override(DeitRecipe.BASE, Arrays.asList(overrides));
  }
}
