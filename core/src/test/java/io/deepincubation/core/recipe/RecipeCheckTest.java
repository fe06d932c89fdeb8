package io.deepincubation.core.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeCheckTest {

  private static final Set<Class<?>> NUMBERS =
      Set.of(int.class, long.class, double.class, List.class);

  @Test
  void findsNothingWrongWithThePapersRecipe() {
    assertThat(RecipeCheck.ranges(Recipes.defaults())).isEmpty();
    assertThat(RecipeCheck.relations(Recipes.defaults())).isEmpty();
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
        "model.width=0 | model.width | expected a whole number of at least 1, got 0",
        "augmentation.random-erasing=-1 | augmentation.random-erasing | expected a probability from"
            + " 0 to 1, got -1.0",
        "local.lambda1=[1] | local.lambda1 | expected two numbers of at least 0, of the first and"
            + " of the last module, got [1.0]",
        "local.lambda2=[-1, 0] | local.lambda2 | expected two numbers of at least 0, of the first"
            + " and of the last module, got [-1.0, 0.0]",
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
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(
            () ->
                overridden(
                    "name=broken",
                    "model={depth: 30, width: 10, image: 30}",
                    "batch.size=1",
                    "meta={epochs: -1, warm-up-epochs: 2, stochastic-depth: 1, clip-norm: -1,"
                        + " rate-factor: 0}"))
        .withMessage(
            "Cannot use recipe deit:"
                + " meta.epochs (--set): expected a whole number of at least 0, got -1;"
                + " meta.stochastic-depth (--set): expected a number from 0 to below 1, got 1.0;"
                + " meta.clip-norm (--set): expected a number of at least 0, got -1.0;"
                + " meta.rate-factor (--set): expected a number above 0, got 0.0;"
                + " model.heads: expected a divisor of model.width, 10, got 3;"
                + " model.patch: expected a divisor of model.image, 30, got 4;"
                + " model.depth (--set): expected a multiple of division.modules, 4, or explicit"
                + " division.depths, got 30;"
                + " batch.size (--set): expected an even number where mixup or cutmix is on, got 1;"
                + " meta.warm-up-epochs (--set): expected at most meta.epochs, -1, got 2");
  }

  @Test
  void everyNumberOfARecipeHasARuleOrARelation() {
    assertThat(numbersWithoutARule(Recipe.class, ""))
        .containsExactly("seed", "model.heads", "model.patch", "optimizer.epsilon");
  }

  private static List<String> numbersWithoutARule(Class<?> group, String prefix) {
    var keys = new ArrayList<String>();
    for (RecordComponent component : group.getRecordComponents()) {
      String key = prefix + Names.kebab(component.getName());
      Class<?> type = component.getType();
      if (type.isRecord()) {
        keys.addAll(numbersWithoutARule(type, key + "."));
      } else if (NUMBERS.contains(type) && component.getAnnotations().length == 0) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void allowsWhatIsUnusual() {
    assertThat(
            overridden(
                    "division.depths=[1, 2, 3, 26]",
                    "division.meta-depths=[1, 1, 2, 2]",
                    "augmentation.random-erasing=1",
                    "augmentation.rand-augment=0",
                    "local.lambda1=[0, 0]",
                    "meta.epochs=0",
                    "meta.warm-up-epochs=0")
                .targetDivision()
                .depths())
        .containsExactly(1, 2, 3, 26);
  }

  @Test
  void asksForNothingThatTheRecipeDoesNotUse() {
    Recipe residual =
        overridden("model={family: resnet, heads: 0, patch: 0, depth: 33}", "division.modules=3");
    Recipe plain = overridden("optimizer={rule: sgd, epsilon: 0}");

    assertThat(residual.model().heads()).isZero();
    assertThat(plain.optimizer().epsilon()).isZero();
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> overridden("optimizer={rule: sgd, epsilon: -1}"))
        .withMessage(
            "Cannot use recipe deit: optimizer.epsilon (--set): expected a number of at least 0,"
                + " got -1.0");
  }

  private static Recipe overridden(String... overrides) {
    return RecipeYaml.override(Recipes.defaults(), Arrays.asList(overrides));
  }
}
