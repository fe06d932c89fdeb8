package io.deepincubation.spark;

import io.deepincubation.core.incubation.ModuleTasks;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.network.Weights;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.progress.ProgressListener;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Module incubation as one Spark job: a partition and a task for each module. The modules need
 * nothing of one another, so where there are fewer slots than modules the rest simply queues.
 */
final class SparkModuleTasks implements ModuleTasks {

  private static final Logger LOG = LoggerFactory.getLogger(SparkModuleTasks.class);
  private static final String CALL_SITE = "callSite.short";

  private final JavaSparkContext spark;
  private final TaskFacts facts;
  private final StorageFactory storages;
  private final ProgressBoard board;

  /**
   * Prepares the job.
   *
   * @param spark runs it
   * @param facts for the tasks
   * @param storages opens data and run folder, in tasks
   * @param board shows each module's progress
   */
  SparkModuleTasks(
      JavaSparkContext spark, TaskFacts facts, StorageFactory storages, ProgressBoard board) {
    this.spark = spark;
    this.facts = facts;
    this.storages = storages;
    this.board = board;
  }

  @Override
  public void incubate(List<Weights> meta, List<Integer> moduleIndices) {
    moduleIndices.forEach(i -> board.expect(Stages.module(i), i, meta.size()));
    var progress = new ProgressAccumulator();
    spark.sc().register(progress, "Deep Incubation progress");
    var listener = new ProgressListener(progress, board);
    spark.sc().addSparkListener(listener);
    Broadcast<byte[][][]> broadcast = spark.broadcast(MetaWeights.encode(meta));
    try {
      run(new ModuleTask(facts, storages, broadcast, progress), moduleIndices).forEach(this::take);
    } finally {
      spark.sc().removeSparkListener(listener);
      broadcast.destroy();
    }
  }

  private List<ModuleOutcome> run(ModuleTask task, List<Integer> moduleIndices) {
    String description = "Deep Incubation: incubate " + moduleIndices.size() + " modules";
    spark.setJobGroup(SparkRun.group(facts.runUri()), description);
    spark.setLocalProperty(CALL_SITE, description);
    try {
      return spark.parallelize(moduleIndices, moduleIndices.size()).map(task).collect().stream()
          .map(ModuleOutcome::fromJson)
          .toList();
    } catch (Exception e) {
      throw unwrapped(e);
    } finally {
      spark.setLocalProperty(CALL_SITE, null);
      spark.clearJobGroup();
    }
  }

  private void take(ModuleOutcome outcome) {
    String task = Stages.module(outcome.moduleIndex()) + "#" + outcome.moduleIndex();
    if (outcome.fault() != null) {
      board.failed(task, outcome.message());
      throw outcome.fault().toException(outcome.message());
    }
    board.done(task);
    LOG.info(
        "Module {} incubated in {} s, weights {}",
        outcome.moduleIndex(),
        outcome.seconds(),
        outcome.sha256());
  }

  /** What a task threw, where it is one of our faults; Spark wraps it. */
  private static RuntimeException unwrapped(Exception failure) {
    return Fault.known(failure)
        .orElseGet(
            () ->
                new IllegalStateException(
                    "Cannot incubate modules: " + firstLine(failure), failure));
  }

  private static String firstLine(Exception failure) {
    Throwable told =
        failure instanceof SparkException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(told.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
