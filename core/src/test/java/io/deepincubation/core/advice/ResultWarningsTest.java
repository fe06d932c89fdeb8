package io.deepincubation.core.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.machine.MemoryUse;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageResult;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResultWarningsTest {

  private static final Recipe RANDOM = Recipes.named("cifar100-small");
  private static final Recipe GROWN =
      Recipes.resolve("cifar100-small", List.of("incubation.start=grown"));

  private static StageResult result(String stage, @Nullable Integer module, double accuracy) {
    return new StageResult(
        stage,
        module,
        640,
        2,
        1.5,
        3e12,
        2.9e12,
        0.7,
        accuracy,
        Metrics.ofTop1(accuracy),
        2,
        "host",
        "driver",
        "cpu",
        new MemoryUse(3 << 20, 1 << 20, null),
        0,
        80,
        0,
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:01:00Z",
        List.of(),
        "ab",
        null);
  }

  private static List<StageResult> results(double first, double second, double tuned) {
    return List.of(
        result("meta", null, 0.37),
        result("modules/0", 0, first),
        result("modules/1", 1, second),
        result("assembled", null, 0.01),
        result("final", null, tuned));
  }

  @Test
  void tellsOfHybridsAndOfAFinalModelBelowTheMetaModel() {
    assertThat(ResultWarnings.of(RANDOM, results(0.3, 0.36, 0.32), 2_000))
        .containsExactly(
            "Hybrid networks of modules/0 30.0 %: below the meta model's 37.0 %, by more than the"
                + " 3.0 points that 2,000 test images leave to chance; try incubation.start=grown,"
                + " more incubation.epochs, or a recipe of `init`",
            "The final model, final 32.0 %: below the meta model's 37.0 %, by more than the 3.0"
                + " points that 2,000 test images leave to chance; try incubation.start=grown, more"
                + " meta.epochs, or a recipe of `init`");
  }

  @Test
  void advisesNoStartThatIsThere() {
    assertThat(ResultWarnings.of(GROWN, results(0.37, 0.37, 0.2), 2_000))
        .singleElement()
        .asString()
        .contains("The final model", "try more meta.epochs")
        .doesNotContain("grown");
  }

  @Test
  void keepsQuietWithinChanceAndWithoutAMetaModel() {
    assertThat(ResultWarnings.of(RANDOM, results(0.35, 0.36, 0.345), 2_000)).isEmpty();
    assertThat(ResultWarnings.of(RANDOM, results(0.3, 0.36, 0.32).subList(1, 5), 2_000)).isEmpty();
  }
}
