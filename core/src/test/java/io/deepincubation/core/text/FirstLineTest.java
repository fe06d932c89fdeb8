package io.deepincubation.core.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FirstLineTest {

  @Test
  void leavesOutWhatFollows() {
    assertThat(FirstLine.of(new IllegalStateException("Cannot go on\nat line 2")))
        .isEqualTo("Cannot go on");
  }

  @Test
  void saysWhereThereIsNoMessage() {
    assertThat(FirstLine.of(new IllegalStateException())).isEqualTo("no reason given");
    assertThat(FirstLine.of("")).isEqualTo("no reason given");
    assertThat(FirstLine.paragraph(null)).isEqualTo("no reason given");
    assertThat(FirstLine.paragraph("\n\n")).isEqualTo("no reason given");
  }

  @Test
  void passesOverBlankLines() {
    assertThat(FirstLine.of("\n  \nSyntax error\n== SQL ==")).isEqualTo("Syntax error");
  }

  @Test
  void givesAWholeParagraph() {
    assertThat(FirstLine.paragraph("\nYou read it, but there is\n  no log.\n\nSee the web"))
        .isEqualTo("You read it, but there is no log.");
    assertThat(FirstLine.paragraph("It failed\n\tat Some.method")).isEqualTo("It failed");
  }
}
