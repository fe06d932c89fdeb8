package io.deepincubation.spark.progress;

import io.deepincubation.core.training.StageProgress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.TaskInfo;
import scala.Tuple4;
import scala.collection.Seq;

/** Brings what executors' heartbeats tell of an accumulator to a board. */
public final class ProgressListener extends SparkListener {

  private record Place(int stageId, int index) {}

  private final ProgressAccumulator accumulator;
  private final ProgressBoard board;
  private final Map<Long, String> taskNames = new ConcurrentHashMap<>();
  private final Map<Place, String> placeNames = new ConcurrentHashMap<>();

  /**
   * A listener to add to the Spark context.
   *
   * @param accumulator registered with the context
   * @param board where news go
   */
  public ProgressListener(ProgressAccumulator accumulator, ProgressBoard board) {
    this.accumulator = accumulator;
    this.board = board;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    var updates = accumulatorUpdates(event).iterator();
    while (updates.hasNext()) {
      var update = (Tuple4<?, ?, ?, ?>) updates.next();
      var taskId = (Long) update._1();
      var infos = ((Seq<?>) update._4()).iterator();
      while (infos.hasNext()) {
        take(taskId, (AccumulableInfo) infos.next());
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

  private void take(long taskId, AccumulableInfo info) {
    if (info.id() != accumulator.id() || !info.update().isDefined()) {
      return;
    }
    if (info.update().get() instanceof Map<?, ?> news) {
      for (Object progress : news.values()) {
        if (progress instanceof StageProgress told) {
          taskNames.put(taskId, told.task());
          board.update(told);
        }
      }
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    TaskInfo info = event.taskInfo();
    if (info.attemptNumber() > 0 && !info.speculative()) {
      Optional.ofNullable(placeNames.get(new Place(event.stageId(), info.index())))
          .ifPresent(board::restarted);
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    TaskInfo info = event.taskInfo();
    String task = taskNames.remove(info.taskId());
    if (info.successful()) {
      accumulator.value().values().forEach(board::update);
    }
    if (task == null || info.killed()) {
      return;
    }
    placeNames.put(new Place(event.stageId(), info.index()), task);
    if (info.successful()) {
      board.done(task);
    } else if (event.reason() instanceof TaskFailedReason reason) {
      board.failed(task, reason.toErrorString().lines().findFirst().orElse("no reason given"));
    }
  }
}
