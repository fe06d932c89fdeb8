package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EqualCostTest {

  private static final Recipe RECIPE = Recipes.named("cifar100-small");
  private static final Method OURS = new DeepIncubation();
  private static final EqualCost EQUAL = new EqualCost(10_000, 100);
  private static final double BUDGET = EQUAL.of(OURS, RECIPE).computed();

  private static final Percentage TOLERANCE = Percentage.withPercentage(100 * EqualCost.TOLERANCE);

  @ParameterizedTest
  @CsvSource({
    "deep-incubation, incubation, 22, 5",
    "imitation, incubation, 23, 5",
    "dgl, end-to-end, 46, 5",
    "infopro, end-to-end, 45, 5",
    "e2e, end-to-end, 47, 5",
    "staged-e2e, incubation, 22, 5"
  })
  void everyMethodComesToTheBudget(String name, String schedule, int epochs, int warmUp) {
    Method method = Methods.named(name);

    Recipe solved = EQUAL.solved(method, RECIPE, BUDGET);

    assertThat(EqualCost.ownSchedule(method.stages(RECIPE))).isEqualTo(schedule);
    assertThat(EQUAL.of(method, solved).computed()).isCloseTo(BUDGET, TOLERANCE);
    assertThat(solved)
        .isEqualTo(with(schedule + ".epochs=" + epochs, schedule + ".warm-up-epochs=" + warmUp));
  }

  @ParameterizedTest
  @CsvSource({
    "deep-incubation, 0.6",
    "deep-incubation, 2.7",
    "imitation, 1.3",
    "dgl, 0.4",
    "infopro, 1",
    "e2e, 1",
    "e2e, 0.01",
    "staged-e2e, 0.6",
    "staged-e2e, 1.7"
  })
  void noOtherEpochsComeNearer(String name, double factor) {
    Method method = Methods.named(name);
    String schedule = EqualCost.ownSchedule(method.stages(RECIPE));
    double budget = factor * BUDGET;

    double solved = EQUAL.of(method, EQUAL.solved(method, RECIPE, budget)).computed();

    double nearest =
        IntStream.rangeClosed(1, 100)
            .mapToObj(e -> with(schedule + ".epochs=" + e, schedule + ".warm-up-epochs=0"))
            .mapToDouble(recipe -> Math.abs(EQUAL.of(method, recipe).computed() - budget))
            .min()
            .orElseThrow();
    assertThat(Math.abs(solved - budget)).isCloseTo(nearest, within(1e-6 * budget));
  }

  @ParameterizedTest
  @CsvSource({
    "incubation.meta=pretrained-tunable, 18, 4",
    "incubation.meta=random-tunable, 23, 5",
    "division.modules=2, 30, 7",
    "division.modules=8, 9, 2"
  })
  void variantsOfDeepIncubationComeToTheBudget(String variant, int epochs, int warmUp) {
    Recipe solved = EQUAL.solved(OURS, with(variant), BUDGET);

    assertThat(solved)
        .isEqualTo(
            with(variant, "incubation.epochs=" + epochs, "incubation.warm-up-epochs=" + warmUp));
    assertThat(EQUAL.of(OURS, solved).computed()).isCloseTo(BUDGET, TOLERANCE);
  }

  /** In end-to-end epochs, as worked out by hand for one layer a meta module. */
  @ParameterizedTest
  @CsvSource({
    "deep-incubation, 4, pretrained-fixed, 1.25",
    "deep-incubation, 4, pretrained-tunable, 1.5",
    "imitation, 4, pretrained-fixed, 1.14",
    "deep-incubation, 8, pretrained-fixed, 2.17",
    "deep-incubation, 8, random-tunable, 3.33"
  })
  void anEpochOfAllModulesCostsSoManyEndToEnd(String name, int modules, String meta, double cost) {
    Method method = Methods.named(name);
    String[] division = {"division.modules=" + modules, "incubation.meta=" + meta};
    double endToEnd = EQUAL.of(new EndToEnd(), with("end-to-end.epochs=10")).nominal() / 10;
    double ten =
        EQUAL.of(method, with(division[0], division[1], "incubation.epochs=15")).nominal()
            - EQUAL.of(method, with(division[0], division[1], "incubation.epochs=5")).nominal();

    assertThat(ten / 10 / endToEnd).isCloseTo(cost, Percentage.withPercentage(3));
  }

  @Test
  void keepsTheRecipeThatCostsTheBudget() {
    assertThat(EQUAL.solved(OURS, RECIPE, BUDGET)).isEqualTo(RECIPE);
    Method staged = Methods.named("staged-e2e");
    double cost = EQUAL.of(staged, RECIPE).computed();
    assertThat(EQUAL.solved(staged, RECIPE, cost)).isEqualTo(RECIPE);
  }

  @Test
  void anEpochIsTheLeast() {
    Recipe solved = EQUAL.solved(new EndToEnd(), RECIPE, 1);

    assertThat(EndToEnd.schedule(solved).epochs()).isEqualTo(1);
    assertThat(solved.endToEnd().warmUpEpochs()).isEqualTo(1);
  }

  @Test
  void solvesForAnyScheduleThatTheMethodTrainsBy() {
    Recipe solved = EQUAL.solved(OURS, RECIPE, 1.5 * BUDGET, "fine-tuning");

    int epochs = solved.fineTuning().epochs();
    assertThat(solved).isEqualTo(with("fine-tuning.epochs=" + epochs));
    assertThat(EQUAL.of(OURS, solved).computed()).isCloseTo(1.5 * BUDGET, TOLERANCE);
    assertThat(EQUAL.solved(OURS, RECIPE, 1.5 * BUDGET, "meta").meta().epochs()).isGreaterThan(45);
  }

  @Test
  void rejectsAScheduleThatThereIsNone() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> EQUAL.solved(OURS, RECIPE, BUDGET, "imitation"))
        .withMessage(
            "Cannot solve for the epochs of imitation: expected meta, incubation, fine-tuning,"
                + " end-to-end or higher-resolution");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5, 1, 2, 3.3})
  void scalesAllOfTheRecipeToABudget(double factor) {
    Recipe scaled = EQUAL.scaled(RECIPE, factor * BUDGET);

    assertThat(EQUAL.of(OURS, scaled).computed()).isCloseTo(factor * BUDGET, TOLERANCE);
    assertThat(scaled.meta().epochs()).isCloseTo((int) (45 * factor), within(1));
    assertThat(scaled.fineTuning().epochs()).isCloseTo((int) (14 * factor), within(1));
    assertThat(EndToEnd.schedule(scaled).epochs()).isCloseTo((int) (47 * factor), within(1));
  }

  @Test
  void multipliesEpochsWithTheirWarmUps() {
    Recipe doubled = EqualCost.scaledBy(RECIPE, 2);
    Recipe half = EqualCost.scaledBy(RECIPE, 0.5);

    assertThat(schedules(doubled)).containsExactly("90 (10)", "44 (10)", "28 (0)", "94 (10)");
    assertThat(schedules(half)).containsExactly("22 (2)", "11 (3)", "7 (0)", "24 (3)");
  }

  @Test
  void anEpochOfEachStageStaysAndNoneIsAdded() {
    Recipe untuned = with("fine-tuning.epochs=0");

    assertThat(schedules(EqualCost.scaledBy(untuned, 0.001)))
        .containsExactly("1 (1)", "1 (1)", "0 (0)", "1 (1)");
    assertThat(EqualCost.scaledBy(untuned, 100).fineTuning().epochs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5, 0.72, 0.85, 1})
  void sharesTheBudgetOut(double share) {
    Recipe shared = EQUAL.sharedOut(RECIPE, BUDGET, share);

    double incubated =
        EQUAL.of(OURS, RecipeYaml.override(shared, List.of("fine-tuning.epochs=0"))).computed();
    assertThat(incubated).isCloseTo(share * BUDGET, Percentage.withPercentage(4));
    assertThat(EQUAL.of(OURS, shared).computed()).isCloseTo(BUDGET, TOLERANCE);
    assertThat((double) shared.meta().epochs() / shared.incubation().epochs())
        .isCloseTo(45.0 / 22, within(0.1));
    assertThat(shared.endToEnd()).isEqualTo(RECIPE.endToEnd());
  }

  @Test
  void theRecipesOwnShareGivesTheRecipe() {
    double untuned = EQUAL.of(OURS, with("fine-tuning.epochs=0")).computed();

    assertThat(EQUAL.sharedOut(RECIPE, BUDGET, untuned / BUDGET)).isEqualTo(RECIPE);
  }

  @Test
  void withAllOfTheBudgetNothingIsTuned() {
    assertThat(EQUAL.sharedOut(RECIPE, BUDGET, 1).fineTuning().epochs()).isZero();
  }

  @Test
  void fineTuningsWarmUpIsScaledWithItsShare() {
    Recipe warm = with("fine-tuning.warm-up-epochs=2");

    StageRecipe tuning = EQUAL.sharedOut(warm, BUDGET, 0.25).fineTuning();

    assertThat(tuning.epochs()).isEqualTo(35);
    assertThat(tuning.warmUpEpochs()).isEqualTo(5);
  }

  @Test
  void aMetaModelThatIsNotPretrainedStaysSo() {
    Recipe random =
        with("meta.epochs=0", "meta.warm-up-epochs=0", "incubation.meta=random-tunable");

    Recipe shared = EQUAL.sharedOut(random, BUDGET, 0.72);

    assertThat(shared.meta().epochs()).isZero();
    assertThat(EQUAL.of(OURS, shared).computed()).isCloseTo(BUDGET, TOLERANCE);
  }

  @Test
  void deviationIsAShareOfTheBudget() {
    assertThat(EqualCost.deviation(102, 100)).isCloseTo(0.02, within(1e-12));
    assertThat(EqualCost.deviation(150, 200)).isEqualTo(-0.25);
  }

  private static Recipe with(String... values) {
    return RecipeYaml.override(RECIPE, List.of(values));
  }

  /** Epochs, and warm-up epochs in brackets. */
  private static List<String> schedules(Recipe recipe) {
    return List.of(
            recipe.meta(),
            recipe.incubation().stage(),
            recipe.fineTuning(),
            EndToEnd.schedule(recipe))
        .stream()
        .map(stage -> stage.epochs() + " (" + stage.warmUpEpochs() + ")")
        .toList();
  }
}
