package io.deepincubation.core.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.random.BetaDistribution;
import io.deepincubation.core.random.RandomStream;
import org.junit.jupiter.api.Test;

class MixingTest {

  private static final int DRAWS = 20_000;

  @Test
  void drawsMixupAndCutmixWithEvenChance() {
    var mixing = new Mixing(0.8, 1);
    int cuts = 0;
    for (int i = 0; i < 2000; i++) {
      cuts += mixing.draw(RandomStream.of(i), 32, 32) instanceof Mix.Cutmix ? 1 : 0;
    }

    assertThat(cuts).isBetween(900, 1100);
  }

  @Test
  void drawsOnlyWhatIsOn() {
    assertThat(new Mixing(0.8, 0).draw(RandomStream.of(1), 32, 32)).isInstanceOf(Mix.Mixup.class);
    assertThat(new Mixing(0, 1).draw(RandomStream.of(1), 32, 32)).isInstanceOf(Mix.Cutmix.class);
    assertThat(new Mixing(0, 0).draw(RandomStream.of(1), 32, 32)).isEqualTo(new Mix.Unmixed());
  }

  @Test
  void rejectsANegativeAlpha() {
    assertThatThrownBy(() -> new Mixing(-1, 0))
        .hasMessage("Cannot mix images: expected alphas of 0 or more, got -1.0 and 0.0");
  }

  /** Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)). */
  @Test
  void drawsLambdaFromABetaDistribution() {
    for (double alpha : new double[] {0.01, 0.2, 0.8, 1, 3}) {
      RandomStream random = RandomStream.of(42);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < DRAWS; i++) {
        double lambda = BetaDistribution.draw(random, alpha);
        assertThat(lambda).isBetween(0.0, 1.0);
        sum += lambda;
        squares += (lambda - 0.5) * (lambda - 0.5);
      }
      assertThat(sum / DRAWS).as("alpha %s", alpha).isCloseTo(0.5, within(0.012));
      assertThat(squares / DRAWS)
          .as("alpha %s", alpha)
          .isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.004));
    }
  }
}
