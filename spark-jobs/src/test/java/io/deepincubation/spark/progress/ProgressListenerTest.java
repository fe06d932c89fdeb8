package io.deepincubation.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.storage.LocalStorage;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProgressListenerTest {

  private static final List<Assignment> MODULES =
      List.of(Assignment.whole("modules/0"), Assignment.whole("modules/1"));

  private static final CountDownLatch HEARD = new CountDownLatch(1);

  private final ProgressAccumulator accumulator = new ProgressAccumulator();
  private final ProgressBoard board = new ProgressBoard();

  @TempDir private Path folder;

  @Test
  void bringsNewsOfRunningTasksToTheBoard() {
    List<TaskAttempt> attempts = follow(new TellAndWait(accumulator), stage -> Optional.empty());

    assertThat(HEARD.getCount()).isZero();
    assertThat(attempts)
        .extracting(TaskAttempt::stage, TaskAttempt::device, TaskAttempt::outcome)
        .containsExactlyInAnyOrder(
            tuple("modules/0", "gpu 0", Outcome.DONE), tuple("modules/1", "gpu 0", Outcome.DONE));
    assertThat(accumulator.value()).containsOnlyKeys(MODULES.get(0), MODULES.get(1));
    assertThat(board.lines(Instant.now()))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("done in"));
  }

  @Test
  void keepsEveryAttemptWithWhatCameOfIt() {
    List<TaskAttempt> attempts =
        follow(
            new FailsOnce(),
            stage -> stage.equals(MODULES.get(1)) ? Optional.of("diverged") : Optional.empty());

    assertThat(attempts)
        .extracting(TaskAttempt::stage, TaskAttempt::attempt, TaskAttempt::outcome)
        .containsExactlyInAnyOrder(
            tuple("modules/0", 0, Outcome.FAILED),
            tuple("modules/0", 1, Outcome.DONE),
            tuple("modules/1", 0, Outcome.FAILED));
    assertThat(attempts)
        .allSatisfy(attempt -> assertThat(attempt.executor()).isEqualTo("driver"))
        .extracting(TaskAttempt::reason)
        .containsExactlyInAnyOrder("java.lang.IllegalStateException: a bad day", "", "diverged");
    assertThat(attempts).allSatisfy(attempt -> assertThat(attempt.finishedAt()).isNotNull());
    assertThat(board.states()).containsEntry("module 2/2", "failed: diverged");
  }

  /** Runs a job over two modules, and reads the attempts that were kept. */
  private List<TaskAttempt> follow(
      VoidFunction<Integer> task, Function<Assignment, Optional<String>> failures) {
    var run = new RunFolder(new LocalStorage(folder));
    board.expect("modules/0", 0, 2);
    board.expect("modules/1", 1, 2);
    try (var spark = new JavaSparkContext(configuration());
        var attempts = AttemptLog.of(run.commits())) {
      spark.sc().register(accumulator, "progress");
      RunObserver observer = RunObserver.all(List.of(board, attempts));
      var listener = new ProgressListener(accumulator, MODULES, observer, failures);
      spark.sc().addSparkListener(listener);
      spark.sc().addSparkListener(new BoardWatcher());
      spark.setLocalProperty(listener.jobProperty(), "two modules");
      spark.parallelize(List.of(0, 1), 2).foreach(task);
      listener.awaitEnd();
    }
    return run.taskAttempts();
  }

  /** Fails the first attempt at the first module. */
  private static final class FailsOnce implements VoidFunction<Integer> {
    @Override
    public void call(Integer moduleIndex) {
      if (moduleIndex == 0 && TaskContext.get().attemptNumber() == 0) {
        throw new IllegalStateException("a bad day");
      }
    }
  }

  private static SparkConf configuration() {
    return new SparkConf()
        .setMaster("local[2,2]")
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
        .containsEntry(MODULES.get(0), progress(0, 5))
        .containsEntry(MODULES.get(1), progress(1, 9));
    assertThat(accumulator.copy().value()).isEqualTo(accumulator.value());
    accumulator.reset();
    assertThat(accumulator.isZero()).isTrue();
  }

  private static RunEvent.Interval progress(int moduleIndex, long step) {
    return new RunEvent.Interval(
        Assignment.whole("modules/" + moduleIndex),
        new RunEvent.Source("driver", 0, "host", "gpu 0"),
        "2026-01-01T00:00:00Z",
        moduleIndex,
        4,
        0,
        1,
        step,
        10,
        2.5,
        1e-3,
        100,
        0,
        7,
        1);
  }
}
