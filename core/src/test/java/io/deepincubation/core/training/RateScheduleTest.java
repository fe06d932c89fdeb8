package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import com.google.gson.reflect.TypeToken;
import io.deepincubation.core.recipe.ScheduleRecipe.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schedule against the numbers of the official code. */
class RateScheduleTest {

  private static final double TOLERANCE = 1e-15;

  private record Golden(
      int epochs,
      @SerializedName("warmup_epochs") int warmUpEpochs,
      @SerializedName("base_lr") double baseRate,
      @SerializedName("min_lr") double minimumRate,
      @SerializedName("warmup_lr") double warmUpRate,
      @SerializedName("get_lr_t") List<Double> at,
      @SerializedName("lr_used_in_training_epoch") List<Double> used) {

    RateSchedule schedule(Unit unit) {
      return new RateSchedule(baseRate, minimumRate, warmUpRate, epochs, warmUpEpochs, unit);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "requested",
        "no_warmup",
        "MT_defaults_batch2048",
        "FT_defaults_batch2048",
        "PT_defaults_batch2048"
      })
  void matchesTheOfficialSchedule(String name) throws IOException {
    Golden golden = golden(name);
    RateSchedule schedule = golden.schedule(Unit.EPOCH);

    for (int time = 0; time < golden.at().size(); time++) {
      assertThat(schedule.at(time))
          .as("time %d", time)
          .isCloseTo(golden.at().get(time), within(TOLERANCE));
    }
    assertThat(golden.used()).hasSize(golden.epochs());
    for (int epoch = 0; epoch < golden.epochs(); epoch++) {
      assertThat(schedule.rate(epoch, 3, 10))
          .as("epoch %d", epoch)
          .isCloseTo(golden.used().get(epoch), within(TOLERANCE));
    }
  }

  @Test
  void movesEveryStepWhereAsked() throws IOException {
    Golden golden = golden("requested");
    RateSchedule schedule = golden.schedule(Unit.STEP);

    assertThat(schedule.rate(7, 0, 10)).isCloseTo(golden.at().get(7), within(TOLERANCE));
    assertThat(schedule.rate(7, 5, 10)).isBetween(golden.at().get(8), golden.at().get(7));
    assertThat(schedule.rate(0, 5, 10))
        .isCloseTo((golden.at().get(0) + golden.at().get(1)) / 2, within(TOLERANCE));
  }

  private static Golden golden(String name) throws IOException {
    try (InputStream stream =
        RateScheduleTest.class.getResourceAsStream("/golden/lr_schedule.json")) {
      var reader = new InputStreamReader(Objects.requireNonNull(stream), StandardCharsets.UTF_8);
      Map<String, Golden> cases =
          new Gson().fromJson(reader, new TypeToken<Map<String, Golden>>() {});
      return Objects.requireNonNull(cases.get(name), name);
    }
  }
}
