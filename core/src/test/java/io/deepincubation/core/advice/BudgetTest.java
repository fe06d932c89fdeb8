package io.deepincubation.core.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.recipe.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {

  @ParameterizedTest
  @CsvSource({
    "100TFLOP, 1e14, false",
    "1.5 PFLOP, 1.5e15, false",
    "800GFLOP, 8e11, false",
    "2h, 7200, true",
    "90min, 5400, true",
    "30s, 30, true",
    "0.5d, 43200, true"
  })
  void readsOperationsAndTimes(String text, double amount, boolean isTime) {
    assertThat(Budget.parse(text)).isEqualTo(new Budget(amount, isTime));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0h", "100", "2 hours", "-1h", "1e3TFLOP", "TFLOP", "3tflop"})
  void refusesWhatIsNoBudget(String text) {
    assertThatThrownBy(() -> Budget.parse(text))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot use budget " + text + ": expected operations such as");
  }

  @Test
  void asksForTheSpeedWhereItIsATime() {
    assertThat(Budget.parse("2h").flops(() -> 1e11)).isEqualTo(7.2e14);
    assertThat(Budget.parse("3TFLOP").flops(() -> Double.NaN)).isEqualTo(3e12);
  }
}
