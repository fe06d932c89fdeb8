package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageRoundsTest {

  private static StageRounds rounds(int images, String... overrides) {
    Recipe recipe = RecipeYaml.override(Recipes.defaults(), List.of(overrides));
    return StageRounds.of(recipe, recipe.fineTuning(), images);
  }

  private static List<Long> ends(StageRounds rounds) {
    var ends = new ArrayList<Long>();
    for (long step = 0; step < rounds.steps(); step = rounds.end(step)) {
      ends.add(rounds.end(step));
    }
    return ends;
  }

  @Test
  void aConstantNumberOfStepsEndsWithTheStage() {
    StageRounds rounds =
        rounds(
            103, "batch.size=10", "batch.accumulation=2", "fine-tuning.epochs=5", "rounds.steps=7");

    assertThat(rounds.steps()).isEqualTo(25);
    assertThat(ends(rounds)).containsExactly(7L, 14L, 21L, 25L);
    assertThat(rounds.count()).isEqualTo(4);
    assertThat(rounds.countFrom(14)).isEqualTo(2);
  }

  @Test
  void theRuleMeetsOftenFirstAndEverMoreSeldomAsTheRateFalls() {
    StageRounds rounds =
        rounds(
            1000,
            "batch.size=10",
            "batch.accumulation=1",
            "fine-tuning.epochs=20",
            "schedule.unit=step",
            "schedule.minimum-rate=0");

    List<Long> ends = ends(rounds);
    // A twentieth of 2,000 steps; then at least 64, as long as the rate is near its peak.
    assertThat(ends)
        .containsExactly(
            16L, 32L, 48L, 64L, 80L, 96L, 112L, 176L, 242L, 310L, 382L, 458L, 541L, 633L, 740L,
            871L, 1048L, 1347L, 2000L);
    // At step 1,000 of a cosine to 0 the rate is half the peak: (8 * 2)^2 = 256.
    assertThat(rounds.end(1000)).isEqualTo(1256);
    assertThat(ends.get(ends.size() - 1)).isEqualTo(2000);
    assertThat(rounds.count()).isEqualTo(ends.size()).isLessThan(25);
  }

  @Test
  void warmUpCountsAsThePeak() {
    StageRounds rounds =
        rounds(
            1000,
            "batch.size=10",
            "batch.accumulation=1",
            "fine-tuning.epochs=20",
            "fine-tuning.warm-up-epochs=4",
            "schedule.unit=step");

    assertThat(rounds.end(150)).isEqualTo(150 + 64);
    assertThat(rounds.end(400)).isEqualTo(400 + 64);
  }

  @Test
  void theShareOfThePeakIsThatOfTheRates() {
    Recipe recipe =
        RecipeYaml.override(
            Recipes.defaults(),
            List.of("fine-tuning.epochs=10", "fine-tuning.warm-up-epochs=2", "schedule.unit=step"));
    RateSchedule schedule = RateSchedule.of(recipe, recipe.fineTuning());

    assertThat(schedule.peak()).isEqualTo(schedule.rate(2, 0, 5));
    assertThat(schedule.shareOfPeak(1, 2, 5)).isEqualTo(1);
    assertThat(schedule.shareOfPeak(6, 3, 5))
        .isCloseTo(schedule.rate(6, 3, 5) / schedule.rate(2, 0, 5), within(1e-12));
  }
}
