package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.random.RandomStream;
import org.junit.jupiter.api.Test;

class StochasticDepthTest {

  @Test
  void rateRisesLinearlyOverAllLayersAsInTheOfficialCode() {
    var depth = new StochasticDepth(0.1);
    assertThat(depth.dropRate(0, 11)).isZero();
    assertThat(depth.dropRate(5, 11)).isCloseTo(0.05, within(1e-8));
    assertThat(depth.dropRate(10, 11)).isCloseTo(0.1, within(1e-8));
    assertThat(depth.dropRate(1, 32)).isCloseTo(0.003225806, within(1e-8));
  }

  @Test
  void keptBranchesAreScaledSoThatTheMeanStays() {
    float[] scales = new StochasticDepth(0.5).draw(1, 1, 2, 20_000, RandomStream.of(1));
    double sum = 0;
    for (float scale : scales) {
      assertThat(scale).isIn(0f, 2f);
      sum += scale;
    }
    assertThat(scales).hasSize(2 * 20_000);
    assertThat(sum / scales.length).isCloseTo(1, within(0.02));
  }

  @Test
  void dropsNothingThatItCannotMakeUpForByScale() {
    var depth = new StochasticDepth(5.9e-8);
    for (int batch = 0; batch < 100; batch++) {
      assertThat(least(depth.draw(1, 1, 2, 1 << 19, RandomStream.of(1, batch)))).isEqualTo(1);
    }
  }

  private static float least(float[] scales) {
    float least = Float.MAX_VALUE;
    for (float scale : scales) {
      least = Math.min(least, scale);
    }
    return least;
  }

  @Test
  void drawsNothingWhenOff() {
    assertThat(StochasticDepth.OFF.draw(0, 3, 3, 8, RandomStream.of(1))).isEmpty();
  }

  @Test
  void rejectsRateOfOne() {
    assertThatThrownBy(() -> new StochasticDepth(1))
        .hasMessage("Cannot drop branches with rate 1.0: expected 0 to below 1");
  }
}
