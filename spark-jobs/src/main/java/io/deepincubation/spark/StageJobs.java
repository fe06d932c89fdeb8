package io.deepincubation.spark;

import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.incubation.ModuleTasks;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.network.Weights;
import io.deepincubation.spark.progress.AttemptLog;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.progress.ProgressListener;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Training as Spark jobs with a partition and a task for each stage: all missing modules in one
 * job, a whole network in a job of its own. The modules need nothing of one another, so where there
 * are fewer slots than modules the rest simply queues.
 */
final class StageJobs implements ModuleTasks {

  private static final Logger LOG = LoggerFactory.getLogger(StageJobs.class);

  /** What the Spark UI says of a job. */
  static final String CALL_SITE = "callSite.short";

  private final JavaSparkContext spark;
  private final StageScheduling scheduling;
  private final TaskFacts facts;
  private final StorageFactory storages;
  private final RunFolder folder;
  private final ProgressBoard board;
  private final AttemptLog attempts;

  /**
   * Prepares jobs.
   *
   * @param spark runs them
   * @param scheduling what a task asks of the cluster
   * @param facts for the tasks
   * @param storages opens data and run folder, in tasks
   * @param folder where the driver commits what tasks hand in
   * @param board shows each task's progress
   * @param attempts keeps each attempt at a task
   */
  StageJobs(
      JavaSparkContext spark,
      StageScheduling scheduling,
      TaskFacts facts,
      StorageFactory storages,
      RunFolder folder,
      ProgressBoard board,
      AttemptLog attempts) {
    this.spark = spark;
    this.scheduling = scheduling;
    this.facts = facts;
    this.storages = storages;
    this.folder = folder;
    this.board = board;
    this.attempts = attempts;
  }

  @Override
  public void incubate(List<Weights> meta, List<Integer> moduleIndices) {
    moduleIndices.forEach(i -> board.expect(Stages.module(i), i, meta.size()));
    String modules = moduleIndices.stream().map(String::valueOf).collect(Collectors.joining(", "));
    run(
        "incubate modules " + modules + " of " + meta.size() + ", a task each in this order",
        moduleIndices.stream().map(Stages::module).toList(),
        MetaWeights.encode(meta));
  }

  /** Computes a whole network's stage in one task; when it returns, the stage is committed. */
  void network(String stage) {
    run("stage " + stage + " in one task", List.of(stage), new byte[0][][]);
  }

  private void run(String what, List<String> stages, byte[][][] meta) {
    var progress = new ProgressAccumulator();
    spark.sc().register(progress, "Deep Incubation progress");
    CollectionAccumulator<String> outcomes = spark.sc().collectionAccumulator();
    var listener =
        new ProgressListener(progress, board, attempts, stage -> failure(outcomes, stage));
    spark.sc().addSparkListener(listener);
    Broadcast<byte[][][]> broadcast = spark.broadcast(meta);
    try (var acceptance = Acceptance.start(folder, spark, stages)) {
      run(what, stages, new StageTask(facts, storages, broadcast, progress, outcomes));
    } finally {
      listener.awaitEnd();
      spark.sc().removeSparkListener(listener);
      free(broadcast);
    }
    outcomes.value().stream()
        .map(TaskOutcome::fromJson)
        .sorted(Comparator.comparing(outcome -> stages.indexOf(outcome.stage())))
        .forEach(StageJobs::take);
  }

  private void run(String what, List<String> stages, StageTask task) {
    String description = "Deep Incubation: " + what;
    spark.setJobGroup(SparkRun.group(facts.runUri()), description);
    spark.setLocalProperty(CALL_SITE, description);
    spark.setLocalProperty(ProgressListener.STAGES, String.join(",", stages));
    LOG.info("{}; each asks for {}", description, scheduling);
    try {
      JavaRDD<String> names = spark.parallelize(stages, stages.size());
      scheduling.applyTo(names).map(task).count();
    } catch (Exception e) {
      throw unwrapped(what, e);
    } finally {
      spark.setLocalProperty(ProgressListener.STAGES, null);
      spark.setLocalProperty(CALL_SITE, null);
      spark.clearJobGroup();
    }
  }

  /** When Spark has ended, it has freed all; asked then, it fails on threads that shut down. */
  private void free(Broadcast<?> broadcast) {
    if (!spark.sc().isStopped()) {
      broadcast.destroy();
    }
  }

  private static Optional<String> failure(CollectionAccumulator<String> outcomes, String stage) {
    return outcomes.value().stream()
        .map(TaskOutcome::fromJson)
        .filter(outcome -> outcome.stage().equals(stage) && outcome.fault() != null)
        .map(TaskOutcome::message)
        .findFirst();
  }

  private static void take(TaskOutcome outcome) {
    if (outcome.fault() != null) {
      throw outcome.fault().toException(outcome.message());
    }
    LOG.info(
        "Stage {} trained in {} s, weights {}",
        outcome.stage(),
        outcome.seconds(),
        outcome.sha256());
  }

  /** What a task threw, where it is one of our faults; Spark wraps it. */
  private static RuntimeException unwrapped(String what, Exception failure) {
    return Fault.known(failure)
        .orElseGet(
            () -> new IllegalStateException("Cannot " + what + ": " + firstLine(failure), failure));
  }

  private static String firstLine(Exception failure) {
    Throwable told =
        failure instanceof SparkException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(told.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
