package io.deepincubation.spark;

import io.deepincubation.core.training.StageProgress;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.storage.StorageFactory;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;

/** The training of one stage as Spark carries it to an executor. */
final class StageTask implements Function<String, String> {

  private static final long serialVersionUID = 1L;

  private final TaskFacts facts;
  private final StorageFactory storages;
  private final Broadcast<byte[][][]> meta;
  private final ProgressAccumulator progress;
  private final CollectionAccumulator<String> outcomes;

  StageTask(
      TaskFacts facts,
      StorageFactory storages,
      Broadcast<byte[][][]> meta,
      ProgressAccumulator progress,
      CollectionAccumulator<String> outcomes) {
    this.facts = facts;
    this.storages = storages;
    this.meta = meta;
    this.progress = progress;
    this.outcomes = outcomes;
  }

  /**
   * Computes and commits a stage; what will fail again whatever is tried is told, not thrown.
   *
   * @return the stage
   */
  @Override
  public String call(String stage) {
    TaskContext task = TaskContext.get();
    try {
      var run = new StageTaskRun(facts, storages, news -> tell(task, news));
      outcomes.add(TaskOutcome.committed(run.compute(stage, meta, task)).toJson());
    } catch (RuntimeException e) {
      Fault fault = Fault.of(e);
      if (!fault.isFinal()) {
        throw e;
      }
      String message = String.valueOf(Fault.known(e).orElse(e).getMessage());
      outcomes.add(TaskOutcome.failed(stage, fault, message).toJson());
    }
    return stage;
  }

  /** Passes news on, and ends an attempt that Spark no longer wants. */
  private void tell(TaskContext task, StageProgress news) {
    if (task.isInterrupted()) {
      throw new TaskKilledException("Stopped at step " + news.step() + " of " + news.stage());
    }
    progress.add(news);
  }
}
