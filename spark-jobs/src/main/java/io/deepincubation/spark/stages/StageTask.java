package io.deepincubation.spark.stages;

import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.training.ProcessEndsException;
import io.deepincubation.spark.cluster.EndSigns;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;

/**
 * The assignments of a job as Spark carries them to executors; a task computes the one of its
 * number.
 */
final class StageTask implements Function<Integer, Integer> {

  private static final long serialVersionUID = 1L;

  private final StageJobSettings settings;
  private final StorageFactory storages;
  private final List<Stage> stages;
  private final List<Assignment> assignments;
  private final Map<String, Broadcast<byte[][][]>> broadcast;
  private final ProgressAccumulator progress;
  private final CollectionAccumulator<String> outcomes;

  /**
   * The assignments of a job.
   *
   * @param settings for all of its tasks
   * @param storages opens data and run folder
   * @param stages that they are of
   * @param assignments what tasks do, by their numbers
   * @param broadcast the modules of stages that several of these need, by the needed stage's name
   * @param progress takes each task's
   * @param outcomes takes how each ended
   */
  StageTask(
      StageJobSettings settings,
      StorageFactory storages,
      List<Stage> stages,
      List<Assignment> assignments,
      Map<String, Broadcast<byte[][][]>> broadcast,
      ProgressAccumulator progress,
      CollectionAccumulator<String> outcomes) {
    this.settings = settings;
    this.storages = storages;
    this.stages = List.copyOf(stages);
    this.assignments = List.copyOf(assignments);
    this.broadcast = Map.copyOf(broadcast);
    this.progress = progress;
    this.outcomes = outcomes;
  }

  /**
   * Computes a stage, or a worker's part of a round, and hands it in; what will fail again whatever
   * is tried is told, not thrown.
   *
   * @return the task's number
   */
  @Override
  public Integer call(Integer number) {
    EndSigns.watch();
    TaskContext task = TaskContext.get();
    Assignment assignment = assignments.get(number);
    Stage stage = Stage.named(assignment.stage(), stages);
    try {
      var run =
          new StageTaskRun(settings, storages, RunObserver.ofIntervals(news -> tell(task, news)));
      TaskOutcome outcome =
          assignment.isPart()
              ? run.compute(stage, assignment, task)
              : TaskOutcome.done(run.compute(stage, broadcast, task));
      outcomes.add(outcome.toJson());
    } catch (ProcessEndsException e) {
      EndSigns.holdSlot();
      throw new TaskKilledException(e.getMessage()); // No failure, which would be counted.
    } catch (RuntimeException e) {
      Fault fault = Fault.of(e);
      if (!fault.isFinal()) {
        throw e;
      }
      String message = String.valueOf(Fault.known(e).orElse(e).getMessage());
      outcomes.add(TaskOutcome.failed(assignment, fault, message).toJson());
    }
    return number;
  }

  /** Passes news on, and ends an attempt that Spark no longer wants. */
  private void tell(TaskContext task, RunEvent.Interval news) {
    if (task.isInterrupted()) {
      throw new TaskKilledException("Stopped at step " + news.step() + " of " + news.stage());
    }
    progress.add(news);
  }
}
