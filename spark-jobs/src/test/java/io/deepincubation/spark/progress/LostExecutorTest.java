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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that are processes of their own, one of which dies once its news came. */
@Timeout(180)
class LostExecutorTest {

  private final ProgressAccumulator accumulator = new ProgressAccumulator();
  private final ProgressBoard board = new ProgressBoard();

  @TempDir private Path folder;

  @Test
  void heartbeatsBringNewsAndALostExecutorLeavesItsReason() throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    Path heard = folder.resolve("heard");
    var run = new RunFolder(new LocalStorage(folder.resolve("run")));
    board.expect("modules/0", 0, 2);
    board.expect("modules/1", 1, 2);
    try (var spark = new JavaSparkContext(configuration());
        var attempts = AttemptLog.of(run.commits())) {
      spark.sc().register(accumulator, "progress");
      var listener =
          new ProgressListener(
              accumulator,
              List.of(Assignment.whole("modules/0"), Assignment.whole("modules/1")),
              RunObserver.all(List.of(board, attempts)),
              stage -> Optional.empty());
      spark.sc().addSparkListener(listener);
      spark.sc().addSparkListener(new BoardWatcher(heard));
      spark.setLocalProperty(listener.jobProperty(), "two modules");
      spark.parallelize(List.of(0, 1), 2).map(new DiesOnce(accumulator, heard.toString())).count();
      listener.awaitEnd();
    }

    assertThat(heard).exists();
    List<TaskAttempt> attempts = run.taskAttempts();
    assertThat(attempts)
        .filteredOn(attempt -> attempt.stage().equals("modules/0"))
        .extracting(TaskAttempt::attempt, TaskAttempt::device, TaskAttempt::outcome)
        .containsExactly(tuple(0, "gpu 1", Outcome.FAILED), tuple(1, "gpu 1", Outcome.DONE));
    assertThat(attempts)
        .filteredOn(attempt -> attempt.outcome() == Outcome.FAILED)
        .singleElement()
        .satisfies(lost -> assertThat(lost.executor()).isIn("0", "1"))
        .satisfies(lost -> assertThat(lost.reason()).contains("ExecutorLostFailure"));
    assertThat(board.states()).containsEntry("module 1/2", "done in 0:00 (restart 1)");
  }

  private static SparkConf configuration() {
    return new SparkConf()
        .setMaster("local-cluster[2,1,1024]")
        .setAppName("lost")
        .set("spark.ui.enabled", "false")
        .set("spark.executor.memory", "512m")
        .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .set("spark.executor.heartbeatInterval", "1s");
  }

  /** Marks that a heartbeat brought news of the first module. */
  private final class BoardWatcher extends SparkListener {

    private final Path heard;

    BoardWatcher(Path heard) {
      this.heard = heard;
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
      if ("running".equals(board.states().get("module 1/2")) && !Files.exists(heard)) {
        try {
          Files.createFile(heard);
        } catch (IOException e) {
          throw new IllegalStateException("Cannot mark that news came", e);
        }
      }
    }
  }

  /** Trains nothing; the first attempt at the first module ends its process once it was heard. */
  private record DiesOnce(ProgressAccumulator accumulator, String heard)
      implements Function<Integer, Integer> {

    @Override
    public Integer call(Integer moduleIndex) {
      accumulator.add(
          new RunEvent.Interval(
              Assignment.whole("modules/" + moduleIndex),
              new RunEvent.Source(
                  SparkEnv.get().executorId(), TaskContext.get().attemptNumber(), "host", "gpu 1"),
              "",
              moduleIndex,
              2,
              0,
              1,
              3,
              10,
              2.5,
              1e-3,
              100,
              0,
              7,
              1));
      if (moduleIndex == 0 && TaskContext.get().attemptNumber() == 0) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!Files.exists(Path.of(heard)) && System.nanoTime() < end) {
          LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
        Runtime.getRuntime().halt(137);
      }
      return moduleIndex;
    }
  }
}
