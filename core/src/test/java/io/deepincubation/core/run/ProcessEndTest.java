package io.deepincubation.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProcessEndTest {

  private final ProcessEnd end = ProcessEnd.here();

  @Test
  void isNearAsLongAsAWatchedSignSaysSo() {
    try (var unlikely = end.watch(() -> false)) {
      assertThat(end.isNear()).isFalse();
      try (var sign = end.watch(() -> true)) {
        assertThat(end.isNear()).isTrue();
      }
      assertThat(end.isNear()).isFalse();
    }
  }

  @Test
  void waitsForTrainingsAndNoLongerThanAsked() {
    ProcessEnd.Sign training = end.training();
    assertThat(end.awaitTrainings(Duration.ofMillis(1))).isFalse();

    CompletableFuture<Boolean> waiting =
        CompletableFuture.supplyAsync(() -> end.awaitTrainings(Duration.ofMinutes(1)));
    training.close();

    assertThat(waiting.join()).isTrue();
    assertThat(end.awaitTrainings(Duration.ZERO)).isTrue();
  }
}
