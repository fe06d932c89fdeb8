package io.deepincubation.spark.progress;

import io.deepincubation.core.checkpoint.TaskAttempt.Outcome;
import io.deepincubation.core.training.StageProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.TaskKilled;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple4;
import scala.collection.Seq;

/**
 * Follows one job whose tasks train stages: what executors' heartbeats tell goes to a board, and
 * each attempt at a task to the board, the log and the run's attempts.
 */
public final class ProgressListener extends SparkListener {

  /** The job's local property that names the stage of each partition, with commas between. */
  public static final String STAGES = "deepincubation.stages";

  private static final Logger LOG = LoggerFactory.getLogger(ProgressListener.class);
  private static final Duration LAST_EVENTS = Duration.ofSeconds(10);

  /** An attempt that runs: its stage and its number in the attempts. */
  private record Running(String stage, int number) {}

  private final ProgressAccumulator progress;
  private final ProgressBoard board;
  private final AttemptLog attempts;
  private final Function<String, Optional<String>> failures;
  private final Map<Integer, List<String>> stagesOfJob = new ConcurrentHashMap<>();
  private final Map<Long, Running> running = new ConcurrentHashMap<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int jobId = -1;

  /**
   * A listener to add to the Spark context before the job starts.
   *
   * @param progress registered with the context
   * @param board where news go
   * @param attempts where attempts are kept
   * @param failures why a stage whose task came to its end has failed for good, if it has
   */
  public ProgressListener(
      ProgressAccumulator progress,
      ProgressBoard board,
      AttemptLog attempts,
      Function<String, Optional<String>> failures) {
    this.progress = progress;
    this.board = board;
    this.attempts = attempts;
    this.failures = failures;
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    if (stages(event.properties()) != null) {
      jobId = event.jobId();
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    String stages = stages(event.properties());
    if (stages != null) {
      stagesOfJob.put(event.stageInfo().stageId(), List.of(stages.split(",")));
    }
  }

  private static @Nullable String stages(@Nullable Properties properties) {
    return properties == null ? null : properties.getProperty(STAGES);
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    TaskInfo task = event.taskInfo();
    List<String> stages = stagesOfJob.get(event.stageId());
    if (stages == null) {
      return;
    }
    String stage = stages.get(task.partitionId());
    Instant start = Instant.ofEpochMilli(task.launchTime());
    int number =
        attempts.started(
            stage, task.attemptNumber(), task.executorId(), task.host(), /* device= */ "", start);
    running.put(task.taskId(), new Running(stage, number));
    if (task.attemptNumber() > 0 && !task.speculative()) {
      LOG.warn("Stage {} starts again on {}", stage, place(task));
      board.restarted(stage);
    } else {
      LOG.info("Stage {} starts on {}", stage, place(task));
    }
  }

  private static String place(TaskInfo task) {
    return String.format(
        "executor %s (%s), attempt %d", task.executorId(), task.host(), task.attemptNumber() + 1);
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    var updates = accumulatorUpdates(event).iterator();
    while (updates.hasNext()) {
      var update = (Tuple4<?, ?, ?, ?>) updates.next();
      Running task = running.get((Long) update._1());
      var infos = ((Seq<?>) update._4()).iterator();
      while (task != null && infos.hasNext()) {
        take(task, (AccumulableInfo) infos.next());
      }
    }
  }

  /** Its return type has another name on Scala 2.13, which compiled code would not find. */
  private static Seq<?> accumulatorUpdates(SparkListenerExecutorMetricsUpdate event) {
    try {
      return (Seq<?>) event.getClass().getMethod("accumUpdates").invoke(event);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Cannot read a heartbeat's accumulators: expected Spark 3.5 or 4, got another", e);
    }
  }

  private void take(Running task, AccumulableInfo info) {
    if (info.id() != progress.id() || !info.update().isDefined()) {
      return;
    }
    if (info.update().get() instanceof Map<?, ?> news
        && news.get(task.stage()) instanceof StageProgress told) {
      attempts.computesOn(task.number(), told.device());
      board.update(told);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    TaskInfo info = event.taskInfo();
    Running task = running.remove(info.taskId());
    if (task == null) {
      return;
    }
    Instant end = Instant.ofEpochMilli(info.finishTime());
    if (info.successful()) {
      succeeded(task, end);
    } else if (event.reason() instanceof TaskKilled killed) {
      attempts.ended(task.number(), Outcome.STOPPED, firstLine(killed.reason()), end);
    } else if (event.reason() instanceof TaskFailedReason reason) {
      String why = firstLine(reason.toErrorString());
      LOG.warn("Stage {} failed on {}: {}", task.stage(), place(info), why);
      attempts.ended(task.number(), Outcome.FAILED, why, end);
      board.failed(task.stage(), why);
    }
  }

  private void succeeded(Running task, Instant end) {
    Optional.ofNullable(progress.value().get(task.stage()))
        .ifPresent(
            told -> {
              attempts.computesOn(task.number(), told.device());
              board.update(told);
            });
    failures
        .apply(task.stage())
        .ifPresentOrElse(
            why -> {
              attempts.ended(task.number(), Outcome.FAILED, why, end);
              board.failed(task.stage(), why);
            },
            () -> {
              attempts.ended(task.number(), Outcome.DONE, "", end);
              board.done(task.stage());
            });
  }

  private static String firstLine(@Nullable String text) {
    return String.valueOf(text).lines().findFirst().orElse("no reason given");
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    LOG.warn("Executor {} is lost: {}", event.executorId(), firstLine(event.reason()));
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd event) {
    if (event.jobId() == jobId) {
      ended.countDown();
    }
  }

  /** Waits until Spark has told the job's end; what it has not told by then counts as stopped. */
  public void awaitEnd() {
    try {
      var unused = ended.await(LAST_EVENTS.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running
        .values()
        .forEach(
            task -> attempts.ended(task.number(), Outcome.STOPPED, "the job ended", Instant.now()));
    running.clear();
  }
}
