package io.deepincubation.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalStyleTest {

  @Test
  void redrawsWhereTheLauncherSawATerminal() {
    assertThat(
            TerminalStyle.of(
                Map.of("TERM", "xterm", "DEEP_INCUBATION_COLUMNS", "132", "LANG", "en_US.UTF-8")))
        .isEqualTo(new TerminalStyle(true, true, true, 132));
  }

  @Test
  void respectsNoColor() {
    assertThat(
            TerminalStyle.of(
                Map.of("TERM", "xterm", "DEEP_INCUBATION_COLUMNS", "100", "NO_COLOR", "1")))
        .isEqualTo(new TerminalStyle(true, false, false, 100));
  }

  @Test
  void isPlainWithoutATerminal() {
    assertThat(TerminalStyle.of(Map.of("TERM", "xterm"))).isEqualTo(TerminalStyle.PLAIN);
    assertThat(TerminalStyle.of(Map.of("TERM", "dumb", "DEEP_INCUBATION_COLUMNS", "100")))
        .isEqualTo(TerminalStyle.PLAIN);
  }

  @Test
  void takesTheLocaleInItsUsualOrder() {
    assertThat(TerminalStyle.of(Map.of("LC_ALL", "C", "LANG", "C.UTF-8")).unicode()).isFalse();
    assertThat(TerminalStyle.of(Map.of("LC_CTYPE", "C.utf8")).unicode()).isTrue();
  }

  @Test
  void ignoresAWidthThatIsNone() {
    assertThat(TerminalStyle.of(Map.of("COLUMNS", "wide")).columns()).isEqualTo(100);
    assertThat(TerminalStyle.of(Map.of("COLUMNS", "7")).columns()).isEqualTo(40);
  }

  @Test
  void rejectsTooFewColumns() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TerminalStyle(false, false, false, 39))
        .withMessage("Cannot draw progress: expected at least 40 columns, got 39");
  }
}
