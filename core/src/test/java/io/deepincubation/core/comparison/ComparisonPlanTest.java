package io.deepincubation.core.comparison;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deepincubation.core.comparison.ComparisonPlan.Cell;
import io.deepincubation.core.comparison.ComparisonPlan.Row;
import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonPlanTest {

  private static final Recipe RECIPE = Recipes.named("cifar100-small");
  private static final SetFacts DATA = new SetFacts("data", "digest", "test", 10_000, 500, 100);
  private static final RunInputs INPUTS = new RunInputs(DATA.digest(), null);
  private static final Study RIVALS = Study.of(List.of("e2e", "deep-incubation"));

  /** As many epochs as whole ones of end-to-end training do not come near. */
  private static final Recipe SHORT =
      RecipeYaml.override(
          RECIPE,
          List.of(
              "meta.epochs=4",
              "meta.warm-up-epochs=1",
              "incubation.epochs=3",
              "incubation.warm-up-epochs=1",
              "fine-tuning.epochs=1"));

  private static final Pattern ADVICE = Pattern.compile("try --budget ([0-9.]+)TFLOP, or --as-is$");

  @Test
  void plansATrainingASeed() {
    Recipe seeded = RecipeYaml.override(RECIPE, List.of("seed=40"));

    ComparisonPlan plan = plan(RIVALS.seeds(4), seeded);

    assertThat(plan.rows())
        .allSatisfy(
            row ->
                assertThat(row.cells().stream().map(cell -> cell.recipe().seed()))
                    .containsExactly(40L, 41L, 42L, 43L));
    assertThat(plan.rows().get(1).cells().stream().map(cell -> cell.key(INPUTS)))
        .doesNotHaveDuplicates();
    assertThat(plan.recipe()).isEqualTo(seeded);
    assertThat(plan.data()).isEqualTo(DATA);
  }

  @Test
  void eachSeedBeginsWithWeightsOfItsOwn() {
    Recipe recipe = RecipeYaml.override(RECIPE, List.of("initial-weights=file:/runs/{seed}/final"));

    ComparisonPlan plan = plan(Study.of(List.of("e2e")).seeds(2), recipe);

    assertThat(plan.rows().get(0).cells())
        .extracting(cell -> cell.recipe().initialWeights())
        .containsExactly("file:/runs/0/final", "file:/runs/1/final");
  }

  @Test
  void aCellsModelIsItsLastStage() {
    Cell ours = plan(RIVALS, RECIPE).rows().get(1).cells().get(0);

    assertThat(ours.model().name()).isEqualTo("final");
    assertThat(ours.stages()).hasSize(7);
  }

  @Test
  void equalTrainingsHaveOneKey() {
    Study study =
        RIVALS.budget(Budget.AS_IS).varied(Map.of("fine-tuning.epochs", List.of("1", "5")));

    List<Cell> cells = plan(study, RECIPE).rows().stream().map(row -> row.cells().get(0)).toList();

    assertThat(cells.get(0).key(INPUTS)).isEqualTo(cells.get(1).key(INPUTS));
    assertThat(cells.get(2).key(INPUTS)).isNotEqualTo(cells.get(3).key(INPUTS));
    assertThat(stageKey(cells.get(2), "assembled")).isEqualTo(stageKey(cells.get(3), "assembled"));
    assertThat(new RunInputs("other", null))
        .satisfies(
            other -> assertThat(cells.get(0).key(other)).isNotEqualTo(cells.get(0).key(INPUTS)));
  }

  @Test
  void theBudgetIsTheRecipesWhateverAVariantSays() {
    double cost = equalCost().of(new DeepIncubation(), RECIPE).computed();
    Study study = RIVALS.varied(Map.of("model.depth", List.of("x1", "x2")));

    assertThat(plan(study, RECIPE).rows())
        .allSatisfy(row -> assertThat(row.budget()).isEqualTo(cost));
  }

  @Test
  void theBudgetOfValuesIsTheVariants() {
    Study study = RIVALS.budget(Budget.VALUES).varied(Map.of("model.depth", List.of("x1", "x2")));

    List<Row> rows = plan(study, RECIPE).rows();

    Recipe deep = RecipeYaml.override(RECIPE, List.of("model.depth=48"));
    double cost = equalCost().of(new DeepIncubation(), deep).computed();
    assertThat(rows.get(1).budget()).isEqualTo(cost);
    assertThat(rows.get(3).budget()).isEqualTo(cost);
    assertThat(rows.get(3).cells().get(0).cost().computed()).isEqualTo(cost);
  }

  @Test
  void asIsHasNoBudgetAndKeepsTheEpochs() {
    ComparisonPlan plan = plan(RIVALS.budget(Budget.AS_IS), SHORT);

    assertThat(plan.rows()).allSatisfy(row -> assertThat(row.budget()).isNull());
    assertThat(plan.rows().get(0).cells().get(0).recipe()).isEqualTo(SHORT);
  }

  @Test
  void solvesForTheSchedulesThatTheStudyNames() {
    Study study = StudyYaml.parse("{methods: [deep-incubation], solve: fine-tuning}", "mine");
    Study longer = study.varied(Map.of("meta.epochs", List.of("90")));

    Recipe solved = plan(longer, RECIPE).rows().get(0).cells().get(0).recipe();

    assertThat(solved.incubation().epochs()).isEqualTo(22);
    assertThat(solved.fineTuning().epochs()).isLessThan(14);
  }

  @Test
  void refusesWhatWholeEpochsDoNotBringNearAndNamesABudgetThatFits() {
    UsageException refused = refusal(RIVALS, SHORT, DATA);

    assertThat(refused)
        .hasMessageStartingWith(
            "Cannot compare at equal cost: whole epochs miss the budget by more than 2 %:"
                + " End-to-end by -")
        .message()
        .doesNotContain("Deep Incubation by")
        .containsPattern(ADVICE);
    Recipe scaled = equalCost().scaled(SHORT, advised(refused));
    assertThatCode(() -> plan(RIVALS, scaled)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 1_000_000_000})
  void budgetsOfAnySizeAreNamedWithoutExponents(int images) {
    assertThat(refusal(RIVALS, SHORT, new SetFacts("data", "digest", "test", images, 500, 100)))
        .message()
        .containsPattern(ADVICE);
  }

  @Test
  void theBudgetThatFitsAlsoFitsOtherSets() {
    Study study = RIVALS.varied(Map.of("data", List.of("half")));
    SetFacts half = new SetFacts("half", "digest of half", "test", 4_992, 500, 100);
    UsageException refused =
        catchThrowableOfType(
            UsageException.class, () -> new ComparisonPlan(study, SHORT, DATA, uri -> half));

    Recipe scaled = equalCost().scaled(SHORT, advised(refused));

    assertThatCode(() -> new ComparisonPlan(study, scaled, DATA, uri -> half))
        .doesNotThrowAnyException();
  }

  @Test
  void asksForMoreEpochsWhereEachVariantHasItsBudget() {
    assertThat(refusal(RIVALS.budget(Budget.VALUES), SHORT, DATA))
        .hasMessageEndingWith("; give more epochs, or --as-is");
  }

  @Test
  void refusesOtherTestImages() {
    Study study = RIVALS.varied(Map.of("data", List.of("other")));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                new ComparisonPlan(
                    study,
                    RECIPE,
                    DATA,
                    uri -> new SetFacts(uri, "digest", "test", 10_000, 500, 10)))
        .withMessage(
            "Cannot compare on other: expected the test images of data, 500 of 100 classes, got"
                + " 500 others of 10");
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(
            () ->
                new ComparisonPlan(
                    study,
                    RECIPE,
                    DATA,
                    uri -> new SetFacts(uri, "digest", "other test", 10_000, 400, 100)))
        .withMessage(
            "Cannot compare on other: expected the test images of data, 500 of 100 classes, got"
                + " 400 others of 100");
  }

  @Test
  void refusesToShareOutNoBudget() {
    Study study =
        Study.of(List.of("deep-incubation"))
            .varied(Map.of("incubation-share", List.of("0.5")))
            .budget(Budget.AS_IS);

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(study, RECIPE))
        .withMessage("Cannot vary incubation-share as is: expected a budget to share out");
  }

  @Test
  void refusesSharesOfAMethodThatDoesNotIncubate() {
    Study study = RIVALS.varied(Map.of("incubation-share", List.of("0.5")));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(study, RECIPE))
        .withMessage("Cannot vary incubation-share of e2e: expected deep-incubation");
  }

  @Test
  void refusesAMethodThatThereIsNone() {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> plan(Study.of(List.of("e3e")), RECIPE))
        .withMessageStartingWith("Cannot train by method e3e: expected one of [deep-incubation, ");
  }

  private static ComparisonPlan plan(Study study, Recipe recipe) {
    return new ComparisonPlan(study, recipe, DATA, ComparisonPlanTest::noOther);
  }

  private static UsageException refusal(Study study, Recipe recipe, SetFacts data) {
    return catchThrowableOfType(
        UsageException.class,
        () -> new ComparisonPlan(study, recipe, data, ComparisonPlanTest::noOther));
  }

  private static SetFacts noOther(String uri) {
    throw new AssertionError("Cannot tell of " + uri + ": expected no other set");
  }

  /** The budget that a message advises. */
  private static double advised(UsageException refused) {
    Matcher advice = ADVICE.matcher(String.valueOf(refused.getMessage()));
    assertThat(advice.find()).as(refused.getMessage()).isTrue();
    return 1e12 * Double.parseDouble(advice.group(1));
  }

  private static String stageKey(Cell cell, String name) {
    return cell.stages().stream()
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow()
        .key(INPUTS)
        .sha256();
  }

  private static EqualCost equalCost() {
    return new EqualCost(DATA.trainImages(), DATA.classes());
  }

  @Test
  void epochsThatAreSolvedForAreNotVaried() {
    Study study = Study.of(List.of("e2e")).varied(Map.of("end-to-end.epochs", List.of("8", "16")));

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> new ComparisonPlan(study, RECIPE, DATA, uri -> DATA))
        .withMessageContaining("Cannot vary end-to-end.epochs of e2e at equal cost");
  }

  @Test
  void scalesTheBudgetWithAllEpochs() {
    Study study = Study.of(List.of("e2e")).varied(Map.of("*.epochs", List.of("x1", "x2")));

    List<ComparisonPlan.Row> rows = new ComparisonPlan(study, RECIPE, DATA, uri -> DATA).rows();

    double once = requireNonNull(rows.get(0).budget());
    assertThat(requireNonNull(rows.get(1).budget()))
        .isCloseTo(2 * once, Percentage.withPercentage(2));
  }
}
