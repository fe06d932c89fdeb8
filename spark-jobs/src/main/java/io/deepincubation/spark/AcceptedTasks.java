package io.deepincubation.spark;

import io.deepincubation.core.checkpoint.LeaseException;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.StorageException;
import io.deepincubation.core.incubation.ModuleTasks;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.network.Weights;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Module incubations whose tasks hand in what they did, which the driver then commits: each as soon
 * as Spark tells that a task has ended, and what is left over at the end of the job, however that
 * ended.
 *
 * @param tasks run the incubations
 * @param folder where the driver commits
 * @param spark tells of ended tasks
 */
record AcceptedTasks(ModuleTasks tasks, RunFolder folder, JavaSparkContext spark)
    implements ModuleTasks {

  private static final Logger LOG = LoggerFactory.getLogger(AcceptedTasks.class);
  private static final long CLOSE_SECONDS = 60;

  @Override
  public void incubate(List<Weights> meta, List<Integer> moduleIndices) {
    List<String> stages = moduleIndices.stream().map(Stages::module).toList();
    try (var early = new EarlyAcceptance(stages)) {
      spark.sc().addSparkListener(early);
      tasks.incubate(meta, moduleIndices);
    } finally {
      stages.forEach(folder::accept);
    }
  }

  /** Commits beside the job; what it cannot is tried again at the job's end. */
  private final class EarlyAcceptance extends SparkListener implements AutoCloseable {

    private final List<String> stages;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    EarlyAcceptance(List<String> stages) {
      this.stages = stages;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (!end.taskInfo().successful()) {
        return;
      }
      try {
        thread.execute(() -> stages.forEach(this::accept));
      } catch (RejectedExecutionException e) {
        LOG.debug("The job has ended: its stages are accepted anyway");
      }
    }

    private void accept(String stage) {
      try {
        folder.accept(stage);
      } catch (StorageException | LeaseException e) {
        LOG.warn("Cannot commit {} yet, trying again: {}", stage, e.getMessage());
      }
    }

    @Override
    public void close() {
      spark.sc().removeSparkListener(this);
      thread.shutdown();
      try {
        thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
