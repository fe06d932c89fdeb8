package io.deepincubation.spark.stages;

import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageInputs;
import io.deepincubation.core.method.StageRunner;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.spark.cluster.StageScheduling;
import io.deepincubation.spark.progress.ProgressAccumulator;
import io.deepincubation.spark.progress.ProgressListener;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes stages as one Spark job with a partition and a task for each. The stages need nothing of
 * one another, so where there are fewer slots than stages the rest simply queues.
 */
final class StageJobs implements StageRunner {

  private static final Logger LOG = LoggerFactory.getLogger(StageJobs.class);

  /** What the Spark UI says of a job. */
  static final String CALL_SITE = "callSite.short";

  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext spark;
  private final StageScheduling scheduling;
  private final StageJobSettings settings;
  private final StorageFactory storages;
  private final Commits commits;
  private final RunObserver observer;

  /**
   * Prepares jobs.
   *
   * @param spark runs them
   * @param scheduling what a task asks of the cluster
   * @param settings for the tasks
   * @param storages opens data and run folder, in tasks
   * @param commits what tasks hand in
   * @param observer told what happens to each task
   */
  StageJobs(
      JavaSparkContext spark,
      StageScheduling scheduling,
      StageJobSettings settings,
      StorageFactory storages,
      Commits commits,
      RunObserver observer) {
    this.spark = spark;
    this.scheduling = scheduling;
    this.settings = settings;
    this.storages = storages;
    this.commits = commits;
    this.observer = observer;
  }

  @Override
  public void run(List<Stage> ready) {
    List<String> names = ready.stream().map(Stage::name).toList();
    var progress = new ProgressAccumulator();
    spark.sc().register(progress, "Deep Incubation progress");
    CollectionAccumulator<String> outcomes = spark.sc().collectionAccumulator();
    var listener = new ProgressListener(progress, observer, stage -> failure(outcomes, stage));
    Map<String, Broadcast<byte[][][]>> broadcast = broadcast(ready);
    spark.sc().addSparkListener(listener);
    Map<String, Stage> byName =
        ready.stream().collect(Collectors.toMap(Stage::name, Function.identity()));
    try (var acceptance = Acceptance.start(commits, spark, ready, settings.inputs())) {
      run(
          names,
          listener.stagesProperty(),
          new StageTask(settings, storages, byName, broadcast, progress, outcomes));
    } finally {
      listener.awaitEnd();
      spark.sc().removeSparkListener(listener);
      free(broadcast.values());
    }
    outcomes.value().stream()
        .map(TaskOutcome::fromJson)
        .sorted(Comparator.comparing(outcome -> names.indexOf(outcome.stage())))
        .forEach(StageJobs::take);
  }

  /** The modules of each stage that several stages need; what one alone needs its task reads. */
  private Map<String, Broadcast<byte[][][]>> broadcast(List<Stage> ready) {
    Map<Stage, Long> needed = new LinkedHashMap<>();
    ready.forEach(stage -> stage.needs().forEach(need -> needed.merge(need, 1L, Long::sum)));
    StageInputs inputs = StageInputs.of(commits.folder());
    var broadcast = new LinkedHashMap<String, Broadcast<byte[][][]>>();
    needed.forEach(
        (stage, count) -> {
          if (count > 1) {
            List<Weights> modules =
                stage.kept().stream().map(module -> inputs.module(stage, module)).toList();
            broadcast.put(stage.name(), spark.broadcast(BroadcastWeights.encode(modules)));
          }
        });
    return broadcast;
  }

  private void run(List<String> names, String stagesProperty, StageTask task) {
    String what =
        names.size() == 1
            ? "stage " + names.get(0) + " in one task"
            : "stages " + String.join(", ", names) + ", a task each in this order";
    String description = "Deep Incubation: " + what;
    String tag = SparkRun.tag(settings.runUri());
    String callersDescription = spark.getLocalProperty(DESCRIPTION);
    spark.addJobTag(tag);
    spark.setLocalProperty(DESCRIPTION, description);
    spark.setLocalProperty(CALL_SITE, description);
    spark.setLocalProperty(stagesProperty, String.join(",", names));
    LOG.info("{}; each asks for {}", description, scheduling);
    try {
      JavaRDD<String> partitions = spark.parallelize(names, names.size());
      scheduling.applyTo(partitions).map(task).count();
    } catch (Exception e) {
      if (e instanceof InterruptedException) { // Scala declares it nowhere.
        spark.cancelJobsWithTag(tag);
        throw new CancellationException("Stopped " + what + "; asked for again, it goes on");
      }
      throw unwrapped(what, e);
    } finally {
      spark.setLocalProperty(stagesProperty, null);
      spark.setLocalProperty(CALL_SITE, null);
      spark.setLocalProperty(DESCRIPTION, callersDescription);
      spark.removeJobTag(tag);
    }
  }

  /** When Spark has ended, it has freed all; asked then, it fails on threads that shut down. */
  private void free(Collection<Broadcast<byte[][][]>> broadcast) {
    if (!spark.sc().isStopped()) {
      broadcast.forEach(Broadcast::destroy);
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
            () ->
                new IllegalStateException(
                    "Cannot compute " + what + ": " + firstLine(failure), failure));
  }

  private static String firstLine(Exception failure) {
    Throwable told =
        failure instanceof SparkException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(told.getMessage()).lines().findFirst().orElse("no reason given");
  }
}
