package io.deepincubation.spark.stages;

import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.LeaseException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.thread.Daemons;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what the tasks of a job hand in: each stage as soon as Spark tells that its task has
 * ended, and what is left over at the end of the job, however that ended. Tasks of other jobs are
 * heard, too: such a one makes it look at a stage that is still trained.
 */
final class Acceptance extends SparkListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Acceptance.class);
  private static final long CLOSE_SECONDS = 60;

  private final Commits commits;
  private final JavaSparkContext spark;
  private final List<Stage> stages;
  private final RunInputs inputs;
  private final ExecutorService thread = Daemons.single("deep-incubation-acceptance");

  private Acceptance(
      Commits commits, JavaSparkContext spark, List<Stage> stages, RunInputs inputs) {
    this.commits = commits;
    this.spark = spark;
    this.stages = stages;
    this.inputs = inputs;
  }

  /**
   * Begins to commit.
   *
   * @param commits the driver's
   * @param spark tells of ended tasks
   * @param stages of the job that is to be run, by its partitions
   * @param inputs images and initial weights of the run
   */
  static Acceptance start(
      Commits commits, JavaSparkContext spark, List<Stage> stages, RunInputs inputs) {
    var acceptance = new Acceptance(commits, spark, stages, inputs);
    spark.sc().addSparkListener(acceptance);
    return acceptance;
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    int partition = end.taskInfo().partitionId();
    if (!end.taskInfo().successful() || partition >= stages.size()) {
      return;
    }
    try {
      thread.execute(() -> accept(stages.get(partition)));
    } catch (RejectedExecutionException e) {
      LOG.debug("The job has ended: its stages are accepted anyway");
    }
  }

  /** Commits beside the job; what it cannot is tried again at the job's end. */
  private void accept(Stage stage) {
    try {
      acceptNow(stage);
    } catch (StorageException | LeaseException e) {
      LOG.warn("Cannot commit {} yet, trying again: {}", stage.name(), e.getMessage());
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
    stages.forEach(this::acceptNow);
  }

  private void acceptNow(Stage stage) {
    commits.accept(stage.name(), stage.key(inputs));
  }
}
