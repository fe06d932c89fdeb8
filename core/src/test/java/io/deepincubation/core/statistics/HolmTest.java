package io.deepincubation.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside {@code statsmodels.stats.multitest.multipletests(p, 0.05, "holm")[1]}. */
class HolmTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  @Test
  void adjustsInTheClaimsOrder() {
    assertThat(Holm.adjusted(List.of(0.01, 0.04, 0.03, 0.005)))
        .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, ROUNDING);
    assertThat(Holm.adjusted(List.of(0.001, 0.049, 0.012, 0.3, 0.012)))
        .containsExactly(new double[] {0.005, 0.098, 0.048, 0.3, 0.048}, ROUNDING);
  }

  @Test
  void equalOnesStayEqual() {
    assertThat(Holm.adjusted(List.of(0.02, 0.02, 0.02)))
        .containsExactly(new double[] {0.06, 0.06, 0.06}, ROUNDING);
  }

  @Test
  void noneIsAboveOne() {
    assertThat(Holm.adjusted(List.of(0.5, 0.6, 0.9, 1.0))).containsExactly(1, 1, 1, 1);
  }

  @Test
  void oneClaimAloneIsNotAdjusted() {
    assertThat(Holm.adjusted(List.of(0.04))).containsExactly(0.04);
  }

  @Test
  void noClaimsHaveNoProbabilities() {
    assertThat(Holm.adjusted(List.of())).isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void neverMakesAClaimLikelierNorChangesTheirOrder(long seed) {
    List<Double> p = new SplittableRandom(seed).doubles(12).map(v -> v * v * v).boxed().toList();

    double[] adjusted = Holm.adjusted(p);

    List<Integer> rising =
        IntStream.range(0, p.size())
            .boxed()
            .sorted((one, other) -> Double.compare(p.get(one), p.get(other)))
            .toList();
    assertThat(rising.stream().map(i -> adjusted[i]).toList()).isSorted();
    assertThat(IntStream.range(0, p.size()))
        .allSatisfy(i -> assertThat(adjusted[i]).isBetween(p.get(i), 1.0));
  }
}
