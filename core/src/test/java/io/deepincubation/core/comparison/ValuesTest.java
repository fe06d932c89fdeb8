package io.deepincubation.core.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  private static final Recipe RECIPE = Recipes.named("cifar100-small");

  @ParameterizedTest
  @CsvSource({
    "meta.epochs, x0.5, 23",
    "meta.epochs, x2, 90",
    "fine-tuning.epochs, x0.001, 1",
    "optimizer.rate, x0.5, 0.002",
    "loss.label-smoothing, x3, 0.30000000000000004",
    "model.depth, x0.34, 8",
    "model.depth, x0.67, 16",
    "model.depth, x2, 48",
    "model.depth, x0.01, 4",
    "seed, 12, 12",
    "incubation.meta, random-tunable, random-tunable"
  })
  void aFactorMultipliesTheRecipesNumber(String key, String value, String expected) {
    assertThat(applied(Map.of(key, value)))
        .isEqualTo(RecipeYaml.override(RECIPE, List.of(key + "=" + expected)));
  }

  @Test
  void aDepthIsAMultipleOfTheVariantsModules() {
    Recipe applied = applied(Map.of("model.depth", "x0.7", "division.modules", "12"));

    // 16.8 layers: 12 for 12 modules, where 4 modules would take 16.
    assertThat(applied.model().depth()).isEqualTo(12);
    assertThat(applied.targetDivision().moduleCount()).isEqualTo(12);
  }

  @Test
  void eachGivesEveryModuleTheNumber() {
    assertThat(applied(Map.of("division.meta-depths", "each 3")).division().metaDepths())
        .containsExactly(3, 3, 3, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"8", "x2"})
  void eachCountsTheVariantsModules(String modules) {
    Recipe applied = applied(Map.of("division.meta-depths", "each 2", "division.modules", modules));

    assertThat(applied.division().metaDepths()).hasSize(8).containsOnly(2);
  }

  @Test
  void setsValuesThatFitOnlyTogether() {
    Recipe applied =
        applied(
            Map.of(
                "division.modules",
                "5",
                "model.depth",
                "10",
                "model.heads",
                "5",
                "model.width",
                "160"));

    assertThat(applied)
        .isEqualTo(
            RecipeYaml.override(
                RECIPE,
                List.of(
                    "division.modules=5", "model.depth=10", "model.heads=5", "model.width=160")));
  }

  @Test
  void allEpochsAreScaledWithTheirWarmUps() {
    Recipe applied = applied(Map.of("*.epochs", "x2"));

    assertThat(applied)
        .isEqualTo(
            RecipeYaml.override(
                RECIPE,
                List.of(
                    "meta.epochs=90",
                    "meta.warm-up-epochs=10",
                    "incubation.epochs=44",
                    "incubation.warm-up-epochs=10",
                    "fine-tuning.epochs=28",
                    "end-to-end.epochs=94",
                    "end-to-end.warm-up-epochs=10")));
  }

  @Test
  void aStagesOwnEpochsComeAfterThoseOfAll() {
    Recipe given = applied(Map.of("fine-tuning.epochs", "5", "*.epochs", "x2"));
    Recipe scaled = applied(Map.of("fine-tuning.epochs", "x0.5", "*.epochs", "x2"));

    assertThat(given.fineTuning().epochs()).isEqualTo(5);
    assertThat(given.meta().epochs()).isEqualTo(90);
    assertThat(scaled.fineTuning().epochs()).isEqualTo(14);
  }

  @Test
  void sharesAndSetsLeaveTheRecipe() {
    assertThat(applied(Map.of("incubation-share", "0.5", "data", "other"))).isEqualTo(RECIPE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.5", "x0", "x0.0", "x-1", "x", "twice"})
  void rejectsAllEpochsWithoutAFactor(String value) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> applied(Map.of("*.epochs", value)))
        .withMessage("Cannot vary *.epochs: expected a factor such as x0.5, got " + value);
  }

  @ParameterizedTest
  @CsvSource({"model.family, vit", "division.depths, []", "no.such.key, null"})
  void rejectsAFactorOfWhatIsNoNumber(String key, String now) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> applied(Map.of(key, "x2")))
        .withMessage("Cannot vary %s by a factor: expected the key of a number, got %s", key, now);
  }

  @Test
  void rejectsAFactorOfNothing() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> applied(Map.of("meta.epochs", "x0")))
        .withMessage("Cannot vary meta.epochs: expected a factor such as x0.5, got x0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "division.modules | five | division.modules (--set): expected a whole number, got five",
        "division.modules | 5 | model.depth: expected a multiple of division.modules, 5",
        "model.deepness | 5 | model.deepness"
      })
  void leavesOtherComplaintsToTheRecipe(String key, String value, String complaint) {
    assertThatThrownBy(() -> applied(Map.of(key, value)))
        .isInstanceOf(RecipeException.class)
        .hasMessageStartingWith("Cannot use recipe cifar100-small: ")
        .hasMessageContaining(complaint);
  }

  @Test
  void readsShares() {
    assertThat(Values.share("0.25")).isEqualTo(0.25);
    assertThat(Values.share("1")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-0.5", "1.01", "NaN", "half", ""})
  void rejectsOtherShares(String text) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Values.share(text))
        .withMessage(
            "Cannot vary incubation-share: expected a share above 0 and up to 1, got " + text);
  }

  @ParameterizedTest
  @CsvSource({
    "*.epochs, x0.5, 0.5",
    "incubation-share, 0.72, 0.72",
    "model.depth, x0.5, 12",
    "division.modules, 8, 8",
    "division.meta-depths, each 3, 12",
    "optimizer.rate, x2, 0.008"
  })
  void tellsAVariantsPlaceOnTheAxis(String key, String value, double place) {
    assertThat(Values.number(applied(Map.of(key, value)), key, value)).isEqualTo(place);
  }

  @ParameterizedTest
  @CsvSource({"incubation.meta, random-tunable", "precision, fp32"})
  void wordsHaveNoPlaceOnAnAxis(String key, String value) {
    assertThat(Values.number(applied(Map.of(key, value)), key, value)).isNull();
  }

  private static Recipe applied(Map<String, String> values) {
    return Values.applied(RECIPE, values);
  }
}
