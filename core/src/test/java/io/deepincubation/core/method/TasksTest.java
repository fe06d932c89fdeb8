package io.deepincubation.core.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.set.Classes;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.testing.TinyRuns;
import io.deepincubation.core.training.Classification;
import io.deepincubation.core.training.MultiLabel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TasksTest {

  private static final List<String> NAMES = List.of("ant", "bee");
  private static final Classes ONE = new Classes(NAMES, LabelSets.single(2), 12, List.of(9, 3));
  private static final Classes SEVERAL =
      new Classes(NAMES, new LabelSets(2, List.of(List.of(0), List.of(0, 1))), 12, List.of(9, 3));

  private static Recipe recipe(String... overrides) {
    return RecipeYaml.override(TinyRuns.recipe(2), List.of(overrides));
  }

  @Test
  void areWhatTheLabelsAreFor() {
    Recipe recipe = recipe("loss.class-weights=balanced", "loss.label-smoothing=0.2");

    assertThat(Tasks.of(recipe.loss(), ONE))
        .isEqualTo(new Classification(2, 0.2, List.of(12 / 18.0, 2.0)));
    assertThat(Tasks.of(recipe.loss(), SEVERAL))
        .isEqualTo(new MultiLabel(SEVERAL.labels(), 0.2, List.of(3 / 9.0, 3.0)));
  }

  @Test
  void refuseMeasuresThatTheyHaveNot() {
    List<Stage> stages = new DeepIncubation().stages(recipe("fine-tuning.best.metric=top1"));

    assertThatCode(() -> Tasks.requireFit(stages, ONE)).doesNotThrowAnyException();
    assertThatThrownBy(() -> Tasks.requireFit(stages, SEVERAL))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot choose weights by fine-tuning.best.metric: expected a measure of multi-label,"
                + " one of ece, f1-macro, f1-micro, log-loss, map, got top1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ema.decay=0.9",
        "loss.class-weights=balanced",
        "batch.sampling=balanced",
        "meta.best.metric=top1"
      })
  void changeAStagesKeyByEachOfTheirValues(String override) {
    var inputs = new RunInputs("data", null);
    Stage plain = new DeepIncubation().stages(recipe()).get(0);
    Stage other = new DeepIncubation().stages(recipe(override)).get(0);

    assertThat(plain.key(inputs).facts().keySet())
        .noneMatch(name -> name.startsWith("ema") || name.contains("best"))
        .doesNotContain("loss.class-weights", "batch.sampling");
    assertThat(other.key(inputs).differences(plain.key(inputs)))
        .extracting(difference -> difference.name() + "=" + difference.here())
        .containsExactly(override);
  }
}
