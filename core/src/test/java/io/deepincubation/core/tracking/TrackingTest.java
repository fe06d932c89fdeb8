package io.deepincubation.core.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackingTest {

  private static final RunEvent.Source HERE = new RunEvent.Source("driver", 0, "host", "cpu");
  private static final Duration NOW = Duration.ofMillis(1);

  @TempDir private Path folder;

  private RunFolder run;

  @BeforeEach
  void begin() {
    run = new RunFolder(new LocalStorage(folder.resolve("run")));
    run.claim(Lines.record());
  }

  private Tracking tracking(Duration lastWords, String... addresses) {
    return Tracking.of(List.of(addresses), run, LocalStorage::of, NOW, lastWords);
  }

  private static RunEvent interval(long step) {
    return new RunEvent.Interval(
        Assignment.whole("meta"),
        HERE,
        Lines.TIME,
        null,
        2,
        0,
        2,
        step,
        50_000,
        0.5,
        0.1,
        10,
        0,
        1,
        1);
  }

  @Test
  void whatATrainingTellsIsShownBeforeTheEnd() {
    try (Tracking tracking = tracking(Duration.ofMinutes(1), "tensorboard")) {
      tracking.on(interval(1));
    }

    assertThat(run.storage().list("tensorboard/meta"))
        .containsExactly("events.out.tfevents.000000000003");
  }

  @Test
  void aTrackerThatFailsFailsNobodyAndNoOther() {
    try (Tracking tracking =
        tracking(Duration.ofMinutes(1), "mlflow:http://127.0.0.1:1", "tensorboard")) {
      tracking.on(interval(1));
      tracking.on(interval(2));
      tracking.done(List.of(), "", null);
    }

    assertThat(run.storage().list("tensorboard/meta")).isNotEmpty();
  }

  @Test
  void allTrackersKnowTheRunByOneKey() {
    run = new RunFolder(slowAndNotAtomic(run.storage()));

    try (Tracking tracking =
        tracking(
            Duration.ofMinutes(1),
            "tensorboard:" + folder.resolve("one").toUri(),
            "tensorboard:" + folder.resolve("other").toUri())) {
      tracking.on(interval(1));
    }

    String key = TrackedRun.key(run);
    for (String logs : List.of("one", "other")) {
      assertThat(TrackedRun.key(new LocalStorage(folder.resolve(logs)), "none")).isEqualTo(key);
    }
  }

  /** A store whose files others may create until they are there; it takes until somebody tries. */
  private static Storage slowAndNotAtomic(Storage store) {
    var looked = new CountDownLatch(2);
    return (Storage)
        Proxy.newProxyInstance(
            Storage.class.getClassLoader(),
            new Class<?>[] {Storage.class},
            (proxy, method, words) -> {
              if (method.getName().equals("create")) {
                looked.countDown();
                looked.await(1, TimeUnit.SECONDS); // Nobody, where one comes after the other.
                store.write((String) words[0], (Storage.Content) words[1]);
                return true;
              }
              return method.invoke(store, words);
            });
  }

  @Test
  void aServerThatNeverAnswersHoldsNobodyUp() throws Exception {
    var asked = new CountDownLatch(1);
    var released = new CountDownLatch(1);
    HttpServer server = silent(asked, released);
    try (Tracking tracking =
        tracking(NOW, "mlflow:http://127.0.0.1:" + server.getAddress().getPort())) {
      tracking.on(interval(1));
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
      for (long step = 2; step <= 50_000; step++) {
        tracking.on(interval(step)); // Far more than waits for the server.
      }
    } finally {
      assertThat(released.getCount()).as("the server still owes its answer").isOne();
      released.countDown();
      server.stop(0);
    }
  }

  private static HttpServer silent(CountDownLatch asked, CountDownLatch released)
      throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.countDown();
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aRunThatNeverBeganIsShownNowhere() {
    var fresh = new RunFolder(new LocalStorage(folder.resolve("fresh")));

    Tracking.of(List.of("tensorboard"), fresh, LocalStorage::of, NOW, Duration.ofMinutes(1))
        .close();

    assertThat(folder.resolve("fresh")).doesNotExist();
  }
}
