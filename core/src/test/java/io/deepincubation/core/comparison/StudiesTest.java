package io.deepincubation.core.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.comparison.ComparisonPlan.Row;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.recipe.UsageException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StudiesTest {

  private static final Recipe RECIPE = Recipes.named("cifar100-small");

  @Test
  void namesEveryStudyThatTheLibraryBrings() throws IOException, URISyntaxException {
    Path folder = Path.of(Objects.requireNonNull(Studies.class.getResource("studies")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              Studies.names().stream().map(name -> name + ".yaml").toList());
    }
  }

  @ParameterizedTest
  @MethodSource("io.deepincubation.core.comparison.Studies#names")
  void everyStudyIsPlannedWithinItsBudget(String name) {
    ComparisonPlan plan = plan(name);

    assertThat(plan.study().seeds()).isGreaterThanOrEqualTo(3);
    assertThat(plan.study().title()).isNotEqualTo(name);
    assertThat(plan.study().figure()).matches("((Tab|Fig|Sec)\\. \\d.*)?");
    assertThat(labels(plan)).doesNotHaveDuplicates();
    for (Row row : plan.rows()) {
      Double budget = row.budget();
      if (budget != null) {
        assertThat(row.cells().get(0).cost().computed())
            .as(row.label())
            .isCloseTo(budget, Percentage.withPercentage(100 * EqualCost.TOLERANCE));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tab-2, 4, RECIPE",
    "sec-4.3, 5, RECIPE",
    "start, 4, RECIPE",
    "meta-epochs, 4, RECIPE",
    "fig-4, 8, VALUES",
    "fig-6, 8, VALUES",
    "fig-7, 6, RECIPE",
    "fig-8, 8, AS_IS",
    "fig-9, 2, AS_IS",
    "fig-10, 15, AS_IS",
    "modules, 5, RECIPE",
    "tab-5, 6, VALUES",
    "tab-6, 4, RECIPE",
    "rounds, 15, RECIPE"
  })
  void everyStudyHasItsRowsAndItsBudget(String name, int rows, Study.Budget budget) {
    ComparisonPlan plan = plan(name);

    assertThat(plan.rows()).hasSize(rows);
    assertThat(plan.study().budget()).isEqualTo(budget);
    assertThat(plan.rows())
        .allSatisfy(
            row -> assertThat(row.budget() == null).isEqualTo(budget == Study.Budget.AS_IS));
  }

  @Test
  void rowsAreLabelledForPeople() {
    assertThat(labels(plan("tab-2")))
        .containsExactly("End-to-end", "DGL", "InfoPro", "Deep Incubation");
    assertThat(labels(plan("sec-4.3")))
        .containsExactly(
            "Deep Incubation",
            "End-to-end",
            "Staged end-to-end + tuning",
            "Meta model tunable",
            "Meta model random and tunable");
    assertThat(labels(plan("fig-9"))).containsExactly("Deep Incubation", "Module imitation");
    assertThat(labels(plan("fig-6")))
        .startsWith("End-to-end, model.depth x0.34")
        .endsWith("Deep Incubation, model.depth x2");
  }

  @ParameterizedTest
  @CsvSource({
    "fig-4, '0.25, 0.5, 1.0, 2.0, 0.25, 0.5, 1.0, 2.0'",
    "fig-6, '8.0, 16.0, 24.0, 48.0, 8.0, 16.0, 24.0, 48.0'",
    "fig-7, 'null, 0.25, 0.5, 0.72, 0.85, 1.0'",
    "fig-8, '4.0, 8.0, 12.0, 24.0, 4.0, 8.0, 12.0, 24.0'",
    "modules, 'null, 2.0, 4.0, 8.0, 12.0'",
    "tab-5, '2500.0, 5000.0, 10000.0, 2500.0, 5000.0, 10000.0'",
    "meta-epochs, '23.0, 45.0, 68.0, 90.0'",
    "tab-2, 'null, null, null, null'"
  })
  void rowsLieOnTheStudysAxis(String name, String places) {
    assertThat(plan(name).rows().stream().map(row -> String.valueOf(row.x())).toList())
        .containsExactly(places.split(", "));
  }

  @Test
  void fewerImagesAreTrainedForAsManySteps() {
    List<String> epochs =
        plan("tab-5").rows().stream()
            .filter(row -> row.method().name().equals("deep-incubation"))
            .map(row -> row.cells().get(0).recipe())
            .map(
                r ->
                    r.meta().epochs()
                        + "+"
                        + r.incubation().epochs()
                        + "+"
                        + r.fineTuning().epochs())
            .toList();

    assertThat(epochs).containsExactly("180+88+56", "90+44+28", "45+22+14");
  }

  @Test
  void aMetaModelThatIsNotTrainedCostsNothing() {
    Row random = plan("sec-4.3").rows().get(4);

    assertThat(random.cells().get(0).stages().get(0).trains()).isFalse();
    assertThat(random.cells().get(0).recipe().incubation().epochs()).isGreaterThan(22);
  }

  @Test
  void halfAsDeepTargetsHaveAboutAsManyParameters() {
    List<Long> parameters = plan("tab-6").rows().stream().map(Row::parameters).toList();

    assertThat(parameters).containsExactly(2_714_308L, 2_714_308L, 2_727_308L, 2_727_308L);
  }

  @Test
  void withAllOfTheBudgetTheAssembledModelIsNotTuned() {
    Row untuned = plan("fig-7").rows().get(5);

    assertThat(untuned.label()).isEqualTo("Not tuned");
    assertThat(untuned.cells().get(0).recipe().fineTuning().epochs()).isZero();
  }

  @Test
  void readsAStudyFromAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("mine.yaml"), "methods: [e2e]");

    assertThat(Studies.named(file.toString()).variants())
        .containsExactly(new Variant("", "e2e", Map.of()));
  }

  @ParameterizedTest
  @CsvSource({"tab-3", "no/such/file.yaml", "''"})
  void rejectsAStudyThatThereIsNone(String name) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Studies.named(name))
        .withMessage(
            "Cannot find study "
                + name
                + ": expected a file, or one of tab-2, sec-4.3, start, meta-epochs, fig-4, fig-6,"
                + " fig-7, fig-8, fig-9, fig-10, modules, tab-5, tab-6, rounds");
  }

  @Test
  void rejectsAFileThatCannotBeRead(@TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("mine.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> Studies.named(file.toString()))
        .withMessageStartingWith("Cannot read study " + file + ": ");
  }

  /** At 10,000 images of 100 classes; sets of fewer where the study asks for them. */
  private static ComparisonPlan plan(String name) {
    Study study = Studies.named(name);
    return new ComparisonPlan(
        name.equals("tab-5")
            ? study.varied(Map.of("data", List.of("2500", "5000", "10000")))
            : study,
        RECIPE,
        set("10000"),
        StudiesTest::set);
  }

  private static SetFacts set(String images) {
    return new SetFacts(
        images, "digest of " + images, "test", Integer.parseInt(images), 10_000, 100);
  }

  private static List<String> labels(ComparisonPlan plan) {
    return plan.rows().stream().map(Row::label).toList();
  }
}
