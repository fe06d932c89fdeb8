package io.deepincubation.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.training.StageProgress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ProgressListenerTest {

  private static final CountDownLatch HEARD = new CountDownLatch(1);

  private final ProgressAccumulator accumulator = new ProgressAccumulator();
  private final ProgressBoard board =
      new ProgressBoard(TerminalStyle.PLAIN, InstantSource.system());

  @Test
  void bringsNewsOfRunningTasksToTheBoard() {
    try (var spark = new JavaSparkContext(configuration())) {
      spark.sc().register(accumulator, "progress");
      spark.sc().addSparkListener(new ProgressListener(accumulator, board));
      spark.sc().addSparkListener(new BoardWatcher());
      spark.parallelize(List.of(0, 1), 2).foreach(new TellAndWait(accumulator));
    }
    assertThat(HEARD.getCount()).isZero();
    assertThat(accumulator.value()).containsOnlyKeys("modules#0", "modules#1");
    assertThat(board.lines(Instant.now()))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("done in"));
  }

  private static SparkConf configuration() {
    return new SparkConf()
        .setMaster("local[2]")
        .setAppName("progress")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "localhost")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .set("spark.executor.heartbeatInterval", "1s");
  }

  /** Lets the tasks end once a heartbeat brought news of both. */
  private final class BoardWatcher extends SparkListener {
    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
      if (board.states().values().stream().filter("running"::equals).count() == 2) {
        HEARD.countDown();
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
      assertThat(event.taskInfo().successful()).isTrue();
    }
  }

  /** A task that tells where it is and goes on when its news arrived. */
  private record TellAndWait(ProgressAccumulator accumulator) implements VoidFunction<Integer> {
    @Override
    public void call(Integer moduleIndex) throws InterruptedException {
      accumulator.add(progress(moduleIndex, 3));
      if (!HEARD.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Cannot go on: expected a heartbeat in 60 s, got none");
      }
    }
  }

  @Test
  void keepsTheLaterStepWhenMerging() {
    var other = new ProgressAccumulator();
    accumulator.add(progress(0, 5));
    other.add(progress(0, 4));
    other.add(progress(1, 9));
    accumulator.merge(other);
    assertThat(accumulator.value())
        .containsEntry("modules#0", progress(0, 5))
        .containsEntry("modules#1", progress(1, 9));
    assertThat(accumulator.copy().value()).isEqualTo(accumulator.value());
    accumulator.reset();
    assertThat(accumulator.isZero()).isTrue();
  }

  private static StageProgress progress(int moduleIndex, long step) {
    return new StageProgress(
        "modules", moduleIndex, 4, 0, 1, step, 10, 2.5, 1e-3, 100, 0, 7, "host");
  }
}
