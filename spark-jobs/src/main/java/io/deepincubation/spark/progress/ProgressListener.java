package io.deepincubation.spark.progress;

import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.text.FirstLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
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
 * Follows one job whose tasks train stages, or parts of rounds: what executors' heartbeats tell
 * goes to a board, and each attempt at a task to the board, the log and the run's attempts.
 */
public final class ProgressListener extends SparkListener {

  private static final Logger LOG = LoggerFactory.getLogger(ProgressListener.class);
  private static final Duration LAST_EVENTS = Duration.ofSeconds(10);

  /** An attempt that runs. */
  private record Running(Assignment assignment, RunEvent.Source source) {}

  private final ProgressAccumulator progress;
  private final List<Assignment> tasks;
  private final RunObserver observer;
  private final Function<Assignment, Optional<String>> failures;
  private final Set<Integer> sparkStages = ConcurrentHashMap.newKeySet();
  private final Map<Long, Running> running = new ConcurrentHashMap<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile int jobId = -1;

  /**
   * A listener to add to the Spark context before the job starts.
   *
   * @param progress registered with the context
   * @param tasks what the job's tasks do, by partition
   * @param observer told what happens
   * @param failures why one whose task came to its end has failed for good, if it has
   */
  public ProgressListener(
      ProgressAccumulator progress,
      List<Assignment> tasks,
      RunObserver observer,
      Function<Assignment, Optional<String>> failures) {
    this.progress = progress;
    this.tasks = List.copyOf(tasks);
    this.observer = observer;
    this.failures = failures;
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    if (isOurs(event.properties())) {
      jobId = event.jobId();
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    if (isOurs(event.properties())) {
      sparkStages.add(event.stageInfo().stageId());
    }
  }

  /** The local property that tells its job from others, whatever its value. */
  public String jobProperty() {
    return "deepincubation.job." + progress.id();
  }

  private boolean isOurs(@Nullable Properties properties) {
    return properties != null && properties.getProperty(jobProperty()) != null;
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    TaskInfo task = event.taskInfo();
    if (!sparkStages.contains(event.stageId())) {
      return;
    }
    Assignment assignment = tasks.get(task.partitionId());
    var source =
        new RunEvent.Source(task.executorId(), task.attemptNumber(), task.host(), /* device= */ "");
    running.put(task.taskId(), new Running(assignment, source));
    observer.on(
        new RunEvent.Started(assignment, source, instant(task.launchTime()), task.speculative()));
    if (task.attemptNumber() > 0 && !task.speculative()) {
      LOG.warn("Stage {} starts again on {}", assignment.inWords(), place(task));
    } else {
      LOG.info("Stage {} starts on {}", assignment.inWords(), place(task));
    }
  }

  private static String place(TaskInfo task) {
    return String.format(
        Locale.ROOT,
        "executor %s (%s), attempt %d",
        task.executorId(),
        task.host(),
        task.attemptNumber() + 1);
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
        && news.get(task.assignment()) instanceof RunEvent.Interval interval) {
      observer.on(interval);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    TaskInfo info = event.taskInfo();
    Running task = running.remove(info.taskId());
    if (task == null) {
      return;
    }
    String end = instant(info.finishTime());
    if (info.successful()) {
      succeeded(task, end);
    } else if (event.reason() instanceof TaskKilled killed) {
      ended(task, end, Outcome.STOPPED, FirstLine.of(killed.reason()));
    } else if (event.reason() instanceof TaskFailedReason reason) {
      String why = FirstLine.of(reason.toErrorString());
      LOG.warn("Stage {} failed on {}: {}", task.assignment().inWords(), place(info), why);
      ended(task, end, Outcome.FAILED, why);
    }
  }

  private void succeeded(Running task, String end) {
    Optional.ofNullable(progress.value().get(task.assignment())).ifPresent(observer::on);
    failures
        .apply(task.assignment())
        .ifPresentOrElse(
            why -> ended(task, end, Outcome.FAILED, why), () -> ended(task, end, Outcome.DONE, ""));
  }

  private void ended(Running task, String end, Outcome outcome, String why) {
    observer.on(new RunEvent.Ended(task.assignment(), task.source(), end, outcome, why));
  }

  private static String instant(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).toString();
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    LOG.warn("Executor {} is lost: {}", event.executorId(), FirstLine.of(event.reason()));
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
        .forEach(task -> ended(task, Instant.now().toString(), Outcome.STOPPED, "the job ended"));
    running.clear();
  }
}
