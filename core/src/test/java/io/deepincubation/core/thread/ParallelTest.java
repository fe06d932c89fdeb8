package io.deepincubation.core.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ParallelTest {

  @Test
  void makesThingsInTheirOrder() {
    assertThat(Parallel.map(100, 7, i -> i * i))
        .isEqualTo(IntStream.range(0, 100).mapToObj(i -> i * i).toList());
    assertThat(Parallel.map(0, 1, i -> i)).isEmpty();
  }

  @Test
  void doesAsManyAtATimeAsItIsTold() {
    var both = new CountDownLatch(2);

    assertThat(
            Parallel.map(
                2,
                2,
                i -> {
                  both.countDown();
                  return waited(both);
                }))
        .containsExactly(true, true);
  }

  private static boolean waited(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void throwsWhatOneThrowsAndInterruptsTheOthers() {
    var never = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var interrupted = new AtomicBoolean();

    assertThatThrownBy(
            () ->
                Parallel.map(
                    2,
                    2,
                    i -> {
                      if (i == 0) {
                        waited(begun);
                        throw new IllegalArgumentException("no");
                      }
                      begun.countDown();
                      interrupted.set(!waited(never));
                      ended.countDown();
                      return i;
                    }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no");
    assertThat(waited(ended)).isTrue();
    assertThat(interrupted).isTrue();
  }
}
