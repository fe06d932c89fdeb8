package io.deepincubation.core.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.deepincubation.core.comparison.Study.Budget;
import io.deepincubation.core.comparison.Study.Pairs;
import io.deepincubation.core.recipe.UsageException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudyYamlTest {

  private static final String SOURCE = "mine.yaml";

  @Test
  void methodsAloneAreComparedAtTheRecipesCost() {
    assertThat(parse("methods: [e2e, dgl]"))
        .isEqualTo(
            new Study(
                SOURCE,
                "",
                List.of(new Variant("", "e2e", Map.of()), new Variant("", "dgl", Map.of())),
                "",
                3,
                Budget.RECIPE,
                "",
                Pairs.METHODS));
  }

  @Test
  void readsEveryKey() {
    Study study =
        parse(
            """
            title: Depths
            figure: Fig. 6
            methods: [e2e]
            rows: [{method: dgl}]
            axis: model.depth
            seeds: 5
            budget: as-is
            solve: fine-tuning
            pairs: all
            vary: {model.depth: [8, x2]}
            """);

    assertThat(study)
        .isEqualTo(
            new Study(
                "Depths",
                "Fig. 6",
                List.of(
                    new Variant("", "dgl", Map.of("model.depth", "8")),
                    new Variant("", "dgl", Map.of("model.depth", "x2")),
                    new Variant("", "e2e", Map.of("model.depth", "8")),
                    new Variant("", "e2e", Map.of("model.depth", "x2"))),
                "model.depth",
                5,
                Budget.AS_IS,
                "fine-tuning",
                Pairs.ALL));
  }

  @Test
  void rowsHaveLabelsAndValuesAsARecipeWritesThem() {
    Study study =
        parse(
            """
            rows:
              - {label: Mine, method: dgl, division.depths: [2, 4], optimizer.rate: 0.5}
              - {method: e2e, augmentation.flip: true}
            """);

    assertThat(study.variants())
        .containsExactly(
            new Variant(
                "Mine", "dgl", Map.of("division.depths", "[2, 4]", "optimizer.rate", "0.5")),
            new Variant("", "e2e", Map.of("augmentation.flip", "true")));
  }

  @Test
  void variesByAllCombinationsInOrder() {
    Study study = parse("{methods: [e2e], vary: {seed: [1, 2], model.width: [32, 64]}}");

    assertThat(study.variants().stream().map(variant -> variant.values().toString()).toList())
        .containsExactly(
            "{seed=1, model.width=32}",
            "{seed=1, model.width=64}",
            "{seed=2, model.width=32}",
            "{seed=2, model.width=64}");
    assertThat(study.axis()).isEmpty();
  }

  @Test
  void theOnlyKeyThatVariesIsTheAxis() {
    assertThat(parse("{methods: [e2e], vary: {seed: [1, 2]}}").axis()).isEqualTo("seed");
    assertThat(parse("{methods: [e2e], vary: {seed: [1, 2]}, axis: model.depth}").axis())
        .isEqualTo("model.depth");
  }

  @Test
  void aKeyWithoutAValueIsAsIfItWereNotThere() {
    assertThat(parse("methods: [e2e]\ntitle:\naxis:\nbudget:\n"))
        .isEqualTo(parse("methods: [e2e]"));
  }

  @Test
  void labelsTellWhatTheyDoNotSayYet() {
    Study study =
        parse("{methods: [e2e], rows: [{method: dgl, label: Mine}]}")
            .varied(Map.of("seed", List.of("4")));

    assertThat(study.variants().stream().map(variant -> variant.labelled("Title")).toList())
        .containsExactly("Mine, seed 4", "Title, seed 4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{methods: [e2e], budgets: recipe, also: 1} | the keys [axis, budget, figure, methods,"
            + " pairs, rows, seeds, solve, title, vary], got [also, budgets]",
        "rows: e2e | rows as a list, got e2e",
        "rows: [e2e] | rows that each name a method, got e2e",
        "rows: [{label: Mine}] | rows that each name a method, got {label=Mine}",
        "methods: e2e | methods as a list, got e2e",
        "{methods: [e2e], vary: [seed]} | vary as keys with lists of values, got [seed]",
        "{methods: [e2e], vary: {seed: 1}} | a list of values of seed, got 1",
        "{methods: [e2e], vary: {seed: []}} | a list of values of seed, got []",
        "{methods: [e2e], seeds: few} | a whole number of seeds, got few",
        "{methods: [e2e], seeds: 2.5} | a whole number of seeds, got 2.5",
        "{methods: [e2e], budget: equal} | budget as one of [recipe, values, as-is], got equal",
        "{methods: [e2e], pairs: some} | pairs as one of [methods, all, first], got some"
      })
  void rejectsWhatNoStudyHas(String yaml, String complaint) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(yaml))
        .withMessage("Cannot read study mine.yaml: expected " + complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "title: Nothing | Cannot compare: expected a method at least, got none",
        "{methods: [e2e], seeds: 0} | Cannot compare: expected 1 seed or more, got 0",
        "[e2e] | Cannot read study mine.yaml: expected keys and values, such as methods: [e2e]"
      })
  void rejectsWhatCannotBeCompared(String yaml, String message) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(yaml))
        .withMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{methods: [e2e | mine.yaml", "{seeds: 1, seeds: 2} | seeds"})
  void rejectsWhatIsNoYaml(String yaml, String where) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> parse(yaml))
        .withMessageStartingWith("Cannot read study mine.yaml: expected YAML: ")
        .withMessageContaining(where);
  }

  private static Study parse(String yaml) {
    return StudyYaml.parse(yaml, SOURCE);
  }
}
