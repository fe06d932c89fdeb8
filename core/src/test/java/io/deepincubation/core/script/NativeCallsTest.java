package io.deepincubation.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NativeCallsTest {

  private static final Duration SHORT = Duration.ofMillis(1);

  private final NativeCalls calls = new NativeCalls();

  @Test
  void theEndWaitsForACallThatRuns() throws InterruptedException {
    var began = new CountDownLatch(1);
    var mayEnd = new CompletableFuture<Integer>();
    CompletableFuture<Integer> result =
        CompletableFuture.supplyAsync(
            () ->
                calls.call(
                    () -> {
                      began.countDown();
                      return mayEnd.join();
                    }));
    began.await();

    assertThat(calls.end(SHORT)).isFalse();
    assertThat(calls.call(() -> 5)).as("patience has passed").isEqualTo(5);
    mayEnd.complete(7);
    assertThat(result.join()).isEqualTo(7);
    assertThat(calls.end(SHORT)).isTrue();
  }

  @Test
  void noCallBeginsAfterTheEnd() {
    assertThat(calls.end(SHORT)).isTrue();
    var computed = new AtomicInteger();
    var late = new Thread(() -> calls.call(computed::incrementAndGet));
    late.setDaemon(true);
    late.start();
    while (late.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertThat(computed).hasValue(0);
  }
}
