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
  }
}
