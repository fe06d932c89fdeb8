package io.deepincubation.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TerminalStyleTest {

  @Test
  void redrawsOnATerminal() {
    assertThat(
            TerminalStyle.of(Map.of("TERM", "xterm", "LANG", "en_US.UTF-8"), OptionalInt.of(132)))
        .isEqualTo(new TerminalStyle(true, true, true, 132));
  }

  @Test
  void respectsNoColor() {
    assertThat(TerminalStyle.of(Map.of("TERM", "xterm", "NO_COLOR", "1"), OptionalInt.of(100)))
        .isEqualTo(new TerminalStyle(true, false, false, 100));
  }

  @Test
  void isPlainWithoutATerminal() {
    assertThat(TerminalStyle.of(Map.of("TERM", "xterm"), OptionalInt.empty()))
        .isEqualTo(TerminalStyle.PLAIN);
    assertThat(TerminalStyle.of(Map.of("TERM", "dumb"), OptionalInt.of(100)))
        .isEqualTo(TerminalStyle.PLAIN);
  }

  @Test
  void takesTheLocaleInItsUsualOrder() {
    assertThat(
            TerminalStyle.of(Map.of("LC_ALL", "C", "LANG", "C.UTF-8"), OptionalInt.empty())
                .unicode())
        .isFalse();
    assertThat(TerminalStyle.of(Map.of("LC_CTYPE", "C.utf8"), OptionalInt.empty()).unicode())
        .isTrue();
  }

  @Test
  void ignoresAWidthThatIsNone() {
    assertThat(TerminalStyle.of(Map.of("COLUMNS", "wide"), OptionalInt.empty()).columns())
        .isEqualTo(100);
    assertThat(TerminalStyle.of(Map.of("COLUMNS", "7"), OptionalInt.empty()).columns())
        .isEqualTo(40);
  }

  @Test
  void theTerminalKnowsItsWidthBetterThanTheEnvironment() {
    assertThat(TerminalStyle.of(Map.of("COLUMNS", "90"), OptionalInt.of(60)).columns())
        .isEqualTo(60);
    assertThat(TerminalStyle.of(Map.of("COLUMNS", "90"), OptionalInt.of(0)).columns())
        .isEqualTo(90);
  }

  @Test
  void rejectsTooFewColumns() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TerminalStyle(false, false, false, 39))
        .withMessage("Cannot draw progress: expected at least 40 columns, got 39");
  }
}
