package io.deepincubation.spark.stages;

import ai.djl.Device;
import io.deepincubation.core.method.RoundWork;
import io.deepincubation.core.method.RoundsRun;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageInputs;
import io.deepincubation.core.method.StageRunner;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.RangeSum;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes stages, or workers' parts of a round, as one Spark job with a partition and a task for
 * each. They need nothing of one another, so where there are fewer slots than tasks the rest simply
 * queues.
 */
final class StageJobs implements StageRunner, RoundsRun.Workers {

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
    Map<String, Broadcast<byte[][][]>> broadcast = broadcast(ready);
    try (var acceptance = Acceptance.start(commits, spark, ready, settings.inputs())) {
      run(ready, ready.stream().map(one -> Assignment.whole(one.name())).toList(), broadcast);
    } finally {
      free(broadcast.values());
    }
  }

  @Override
  public void compute(List<Stage> stages, List<Assignment> parts) {
    run(stages, parts, Map.of());
  }

  @Override
  public void sum(List<Stage> stages, List<RangeSum> sums) {
    String what =
        "sums of " + sums.stream().map(RangeSum::inWords).collect(Collectors.joining("; "));
    submit(what, sums.size(), new SumTask(settings, storages, stages, sums));
  }

  /**
   * The driver of stages of several workers, which computes their parts here.
   *
   * @param context the run, in the driver's process
   */
  RoundsRun rounds(RunContext context) {
    var host = new Compute(Device.cpu(), settings.arithmetic(), settings.threads());
    return new RoundsRun(
        commits,
        context,
        new RoundWork(context, host),
        this,
        settings.spark().mostSummedByDriver());
  }

  private void run(
      List<Stage> stages, List<Assignment> tasks, Map<String, Broadcast<byte[][][]>> broadcast) {
    var progress = new ProgressAccumulator();
    spark.sc().register(progress, "Deep Incubation progress");
    CollectionAccumulator<String> outcomes = spark.sc().collectionAccumulator();
    var listener = new ProgressListener(progress, tasks, observer, task -> failure(outcomes, task));
    spark.sc().addSparkListener(listener);
    try {
      String what = what(tasks);
      spark.setLocalProperty(listener.jobProperty(), what);
      submit(
          what,
          tasks.size(),
          new StageTask(settings, storages, stages, tasks, broadcast, progress, outcomes));
    } finally {
      spark.setLocalProperty(listener.jobProperty(), null);
      listener.awaitEnd();
      spark.sc().removeSparkListener(listener);
    }
    outcomes.value().stream()
        .map(TaskOutcome::fromJson)
        .sorted(Comparator.comparing(outcome -> tasks.indexOf(outcome.assignment())))
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

  /** Runs a job of so many tasks, by their numbers. */
  private void submit(String what, int tasks, Function<Integer, Integer> task) {
    String description = "Deep Incubation: " + what;
    String tag = SparkRun.tag(settings.runUri());
    String callersDescription = spark.getLocalProperty(DESCRIPTION);
    spark.addJobTag(tag);
    spark.setLocalProperty(DESCRIPTION, description);
    spark.setLocalProperty(CALL_SITE, description);
    LOG.info("{}; each asks for {}", description, scheduling);
    try {
      List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
      JavaRDD<Integer> partitions = spark.parallelize(numbers, numbers.size());
      scheduling.applyTo(partitions).map(task).count();
    } catch (Exception e) {
      if (e instanceof InterruptedException) { // Scala declares it nowhere.
        spark.cancelJobsWithTag(tag);
        throw new CancellationException("Stopped " + what + "; asked for again, it goes on");
      }
      throw unwrapped(what, e);
    } finally {
      spark.setLocalProperty(CALL_SITE, null);
      spark.setLocalProperty(DESCRIPTION, callersDescription);
      spark.removeJobTag(tag);
    }
  }

  private static String what(List<Assignment> tasks) {
    String between = tasks.get(0).isPart() ? "; " : ", ";
    String all = tasks.stream().map(Assignment::inWords).collect(Collectors.joining(between));
    return tasks.size() == 1
        ? "stage " + all + " in one task"
        : "stages " + all + between + "a task each in this order";
  }

  /** When Spark has ended, it has freed all; asked then, it fails on threads that shut down. */
  private void free(Collection<Broadcast<byte[][][]>> broadcast) {
    if (!spark.sc().isStopped()) {
      broadcast.forEach(Broadcast::destroy);
    }
  }

  private static Optional<String> failure(CollectionAccumulator<String> outcomes, Assignment task) {
    return outcomes.value().stream()
        .map(TaskOutcome::fromJson)
        .filter(outcome -> outcome.assignment().equals(task) && outcome.fault() != null)
        .map(TaskOutcome::message)
        .findFirst();
  }

  private static void take(TaskOutcome outcome) {
    if (outcome.fault() != null) {
      throw outcome.fault().toException(outcome.message());
    }
    if (!outcome.assignment().isPart()) {
      LOG.info(
          "Stage {} trained in {} s, weights {}",
          outcome.assignment().stage(),
          outcome.seconds(),
          outcome.sha256());
    }
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
