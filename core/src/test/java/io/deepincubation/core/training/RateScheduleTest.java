package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.Shape;
import com.google.gson.Gson;
import com.google.gson.annotations.SerializedName;
import com.google.gson.reflect.TypeToken;
import io.deepincubation.core.network.Initialization;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.recipe.ScheduleRecipe;
import io.deepincubation.core.recipe.ScheduleRecipe.Decay;
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
      return new RateSchedule(
          baseRate,
          new ScheduleRecipe(minimumRate, warmUpRate, unit, Decay.COSINE, 1, List.of()),
          epochs,
          warmUpEpochs);
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

  /** Steps stand for epochs here. */
  private static RateSchedule ofSteps(
      double base, double warmUp, Decay decay, List<Double> drops, int steps, int warmUpSteps) {
    var schedule = new ScheduleRecipe(0, warmUp, Unit.STEP, decay, 1, drops);
    return new RateSchedule(base, schedule, steps, warmUpSteps);
  }

  private static void assertRates(RateSchedule schedule, Map<String, Double> expected) {
    expected.forEach(
        (step, rate) ->
            assertThat(schedule.rate(Integer.parseInt(step), 0, 1))
                .as("step %s", step)
                .isCloseTo(rate, within(TOLERANCE)));
  }

  @Test
  void matchesTheSchedulesOfDenseTasks() throws IOException {
    DenseGolden golden = denseGolden();

    assertRates(
        ofSteps(6e-5, 6e-11, Decay.POLYNOMIAL, List.of(), 80_000, 1500), golden.poly().rate());
    assertRates(
        ofSteps(1e-4, 1e-7, Decay.STEPS, List.of(60 / 90.0, 80 / 90.0), 90_000, 1000),
        golden.oneX());
    assertRates(
        ofSteps(1e-4, 1e-7, Decay.STEPS, List.of(21 / 27.0, 25 / 27.0), 270_000, 1000),
        golden.threeX());
  }

  @Test
  void layersLearnSlowerTheDeeperTheyLie() throws IOException {
    LayerDecay golden = denseGolden().layerDecay();
    var rates = new LayerRates(golden.layers(), golden.decay(), 1, false);
    var frozen = new LayerRates(golden.layers(), golden.decay(), 3, true);

    golden
        .factor()
        .forEach(
            (name, factor) -> {
              var parameter =
                  new ParameterSpec(
                      name, new Shape(1), Role.DECAYED, new Initialization.Constant(0));
              assertThat(rates.applyAsDouble(parameter))
                  .as(name)
                  .isCloseTo(factor, within(TOLERANCE));
              assertThat(frozen.applyAsDouble(parameter)).isEqualTo(factor < 1 ? 0 : 3);
            });
  }

  private record Poly(Map<String, Double> rate) {}

  private record LayerDecay(int layers, double decay, Map<String, Double> factor) {}

  private record DenseGolden(
      @SerializedName("poly_80k") Poly poly,
      @SerializedName("one_x") Map<String, Double> oneX,
      @SerializedName("three_x") Map<String, Double> threeX,
      @SerializedName("layer_decay") LayerDecay layerDecay) {}

  private static DenseGolden denseGolden() throws IOException {
    String name = "/golden/downstream/schedules.json";
    try (InputStream stream =
        Objects.requireNonNull(RateScheduleTest.class.getResourceAsStream(name))) {
      return new Gson()
          .fromJson(new InputStreamReader(stream, StandardCharsets.UTF_8), DenseGolden.class);
    }
  }
}
