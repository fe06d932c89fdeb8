package io.deepincubation.spark;

import io.deepincubation.core.training.StageProgress;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.storage.StorageFactory;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/** One module's incubation as Spark carries it to an executor. */
final class ModuleTask implements Function<Integer, String> {

  private static final long serialVersionUID = 1L;

  private final TaskFacts facts;
  private final StorageFactory storages;
  private final Broadcast<byte[][][]> meta;
  private final ProgressAccumulator progress;

  ModuleTask(
      TaskFacts facts,
      StorageFactory storages,
      Broadcast<byte[][][]> meta,
      ProgressAccumulator progress) {
    this.facts = facts;
    this.storages = storages;
    this.meta = meta;
    this.progress = progress;
  }

  /** Incubates and commits a module; what will fail again whatever is tried is told, not thrown. */
  @Override
  public String call(Integer moduleIndex) {
    TaskContext task = TaskContext.get();
    try {
      var run = new ModuleTaskRun(facts, storages, news -> tell(task, news));
      return ModuleOutcome.committed(moduleIndex, run.incubate(moduleIndex, meta.value(), task))
          .toJson();
    } catch (RuntimeException e) {
      Fault fault = Fault.of(e);
      if (fault.isFinal()) {
        String message = Fault.known(e).orElse(e).getMessage();
        return ModuleOutcome.failed(moduleIndex, fault, String.valueOf(message)).toJson();
      }
      throw e;
    }
  }

  /** Passes news on, and ends an attempt that Spark no longer wants. */
  private void tell(TaskContext task, StageProgress news) {
    if (task.isInterrupted()) {
      throw new TaskKilledException("Stopped at step " + news.step() + " of " + news.stage());
    }
    progress.add(news);
  }
}
