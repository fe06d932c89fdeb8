package io.deepincubation.spark.stages;

import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;

/**
 * The stages of a job as Spark carries them to executors; a task computes the one that it names.
 */
final class StageTask implements Function<String, String> {

  private static final long serialVersionUID = 1L;

  private final StageJobSettings settings;
  private final StorageFactory storages;
  private final Map<String, Stage> stages;
  private final Map<String, Broadcast<byte[][][]>> broadcast;
  private final ProgressAccumulator progress;
  private final CollectionAccumulator<String> outcomes;

  /**
   * The stages of a job.
   *
   * @param settings for all of its tasks
   * @param storages opens data and run folder
   * @param stages by name
   * @param broadcast the modules of stages that several of these need, by the needed stage's name
   * @param progress takes each task's
   * @param outcomes takes how each ended
   */
  StageTask(
      StageJobSettings settings,
      StorageFactory storages,
      Map<String, Stage> stages,
      Map<String, Broadcast<byte[][][]>> broadcast,
      ProgressAccumulator progress,
      CollectionAccumulator<String> outcomes) {
    this.settings = settings;
    this.storages = storages;
    this.stages = Map.copyOf(stages);
    this.broadcast = Map.copyOf(broadcast);
    this.progress = progress;
    this.outcomes = outcomes;
  }

  /**
   * Computes a stage and hands it in; what will fail again whatever is tried is told, not thrown.
   *
   * @return the stage
   */
  @Override
  public String call(String name) {
    TaskContext task = TaskContext.get();
    Stage stage = Objects.requireNonNull(stages.get(name));
    try {
      var run =
          new StageTaskRun(settings, storages, RunObserver.ofIntervals(news -> tell(task, news)));
      outcomes.add(TaskOutcome.committed(run.compute(stage, broadcast, task)).toJson());
    } catch (RuntimeException e) {
      Fault fault = Fault.of(e);
      if (!fault.isFinal()) {
        throw e;
      }
      String message = String.valueOf(Fault.known(e).orElse(e).getMessage());
      outcomes.add(TaskOutcome.failed(name, fault, message).toJson());
    }
    return name;
  }

  /** Passes news on, and ends an attempt that Spark no longer wants. */
  private void tell(TaskContext task, RunEvent.Interval news) {
    if (task.isInterrupted()) {
      throw new TaskKilledException("Stopped at step " + news.step() + " of " + news.stage());
    }
    progress.add(news);
  }
}
