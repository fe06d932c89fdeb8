package io.deepincubation.core.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.comparison.Comparison.Cell;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CostFactorTest {

  private static final Offset<Double> ROUNDING = within(1e-9);

  @Test
  void interpolatesInTheLogarithmOfTheCost() {
    List<Cell> other = List.of(cell(2, 0.3), cell(8, 0.4));

    // Half way from 0.2 to 0.6, so at the geometric mean of 1 and 4.
    CostFactor half = factor(List.of(cell(1, 0.2), cell(4, 0.6)), other);
    // Three quarters of the way from 0.1 to 0.5, so at 10^2.5 of 10 and 1,000.
    CostFactor more = factor(List.of(cell(10, 0.1), cell(1_000, 0.5)), other);

    assertThat(half.factor()).isCloseTo(8.0 / 2, ROUNDING);
    assertThat(half.atLeast()).isFalse();
    assertThat(more.factor()).isCloseTo(8 / 316.22776601683796, ROUNDING);
  }

  @Test
  void asksForTheOthersBestAtTheLeastCostOfIt() {
    List<Cell> method = List.of(cell(1, 0.1), cell(2, 0.5));

    CostFactor factor = factor(method, List.of(cell(3, 0.4), cell(6, 0.5), cell(12, 0.5)));
    CostFactor falling = factor(method, List.of(cell(3, 0.5), cell(6, 0.3)));

    assertThat(factor.factor()).isCloseTo(3, ROUNDING);
    assertThat(falling.factor()).isCloseTo(1.5, ROUNDING);
  }

  @Test
  void findsNoneWhereTheAccuracyIsNotReached() {
    assertThat(CostFactor.of(List.of(cell(1, 0.2), cell(4, 0.39)), List.of(cell(8, 0.4))))
        .isEmpty();
  }

  @Test
  void isALowerBoundWhereTheLowestCostIsMoreThanEnough() {
    CostFactor factor = factor(List.of(cell(2, 0.5), cell(4, 0.6)), List.of(cell(8, 0.4)));

    assertThat(factor.factor()).isCloseTo(8.0 / 2, ROUNDING);
    assertThat(factor.atLeast()).isTrue();
  }

  @Test
  void isNoBoundWhereTheLowestCostIsJustEnough() {
    CostFactor factor = factor(List.of(cell(2, 0.4), cell(4, 0.3)), List.of(cell(8, 0.4)));

    assertThat(factor.factor()).isCloseTo(8.0 / 2, ROUNDING);
    assertThat(factor.atLeast()).isFalse();
  }

  @Test
  void countsWhereTheAccuracyIsFirstReached() {
    List<Cell> wavering = List.of(cell(1, 0.2), cell(4, 0.6), cell(9, 0.3), cell(16, 0.7));
    List<Cell> falling = List.of(cell(2, 0.5), cell(4, 0.3), cell(8, 0.6));

    assertThat(factor(wavering, List.of(cell(8, 0.4))).factor()).isCloseTo(8.0 / 2, ROUNDING);
    assertThat(factor(falling, List.of(cell(8, 0.4)))).isEqualTo(new CostFactor(4, true));
  }

  @Test
  void findsNoneUntilAllTrainingsAreDone() {
    List<Cell> done = List.of(cell(1, 0.2), cell(4, 0.6));
    List<Cell> failed = List.of(cell(1, 0.2), cell(4, null));

    assertThat(CostFactor.of(done, failed)).isEmpty();
    assertThat(CostFactor.of(failed, done)).isEmpty();
  }

  private static CostFactor factor(List<Cell> method, List<Cell> other) {
    return CostFactor.of(method, other).orElseThrow();
  }

  private static Cell cell(double flops, @Nullable Double top1) {
    return new Cell(
        0, "run", null, flops, flops, 2 * flops, 1, 1, top1, Map.of(), List.of(), List.of(), "");
  }
}
