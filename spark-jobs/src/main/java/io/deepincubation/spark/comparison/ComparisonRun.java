package io.deepincubation.spark.comparison;

import io.deepincubation.core.comparison.CellOutcome;
import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.ComparisonPlan;
import io.deepincubation.core.comparison.ComparisonTally;
import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.weights.WeightsFolder;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.Version;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.stages.Fault;
import io.deepincubation.spark.stages.PreparedData;
import io.deepincubation.spark.stages.SparkRun;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains all that a comparison asks for, each training in a run folder of its own below {@code
 * cells/}. Trainings go on side by side, each a thread whose stages are Spark jobs, so that every
 * free slot has a task; what is committed is not repeated; one that fails stops no other.
 */
final class ComparisonRun {

  private static final Logger LOG = LoggerFactory.getLogger(ComparisonRun.class);

  /** Trainings a slot of this process, so that another's stage is ready when a task ends. */
  private static final int AHEAD = 2;

  /** Trainings that wait for slots of a cluster, whose size may change. */
  private static final int MOST_AT_ONCE = 64;

  private static final Duration BETWEEN_SUMMARIES = Duration.ofMinutes(1);

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final SparkSettings settings;
  private final ComparisonPlan plan;
  private final String uri;
  private final ProgressBoard board;
  private final Consumer<Comparison> summary;

  /** By row and seed. */
  private final List<List<Training>> trainings;

  private final Map<String, RuntimeException> failures = new ConcurrentHashMap<>();
  private final Map<String, String> digestsOfWeights = new HashMap<>();
  private final Instant begun = Instant.now();
  private Instant summedUp = begun;
  private int @Nullable [] testLabels;

  /**
   * Prepares.
   *
   * @param spark runs the trainings
   * @param storages opens data and folders
   * @param plan what is trained
   * @param uri the comparison's folder
   * @param board shows what runs
   * @param summary told now and then of what there is so far
   */
  ComparisonRun(
      JavaSparkContext spark,
      StorageFactory storages,
      ComparisonPlan plan,
      String uri,
      ProgressBoard board,
      Consumer<Comparison> summary) {
    this.spark = spark;
    this.summary = summary;
    this.storages = storages;
    this.plan = plan;
    this.uri = uri;
    this.board = board;
    settings = SparkSettings.of(spark.getConf()).onExecutors();
    trainings =
        plan.rows().stream()
            .map(
                row ->
                    row.cells().stream()
                        .map(cell -> Training.of(row, cell, inputs(row, cell.recipe())))
                        .toList())
            .toList();
  }

  private RunInputs inputs(ComparisonPlan.Row row, Recipe recipe) {
    String weights = recipe.initialWeights();
    return new RunInputs(
        row.set().digest(),
        weights.isEmpty()
            ? null
            : digestsOfWeights.computeIfAbsent(
                weights, any -> WeightsFolder.open(storages.open(weights)).digest()));
  }

  /**
   * Trains what is not committed, and sums up.
   *
   * @param goOn throws where this driver is to train nothing more
   */
  ComparisonReport run(Runnable goOn) {
    List<Training> all = distinct();
    List<Training> left = all.stream().filter(one -> !one.isDone(folder(one))).toList();
    LOG.info("{} trainings, {} of them done before", all.size(), all.size() - left.size());
    var shared = new SharedStages(all, this::folder);
    train(left, shared, goOn);
    goOn.run();
    left.stream().filter(one -> !one.isDone(folder(one))).forEach(this::requireReason);
    var work =
        new ComparisonReport.Work(
            all.size(),
            left.size() - failures.size(),
            all.size() - left.size(),
            failures.size(),
            shared.trained(),
            shared.takenOver(),
            Occupancy.of(attempts(left), begun, Instant.now()));
    return new ComparisonReport(spark, comparison(), work, failure());
  }

  /** What is not done has failed, whatever came of its thread. */
  private void requireReason(Training one) {
    failures.putIfAbsent(
        one.folder(), new IllegalStateException("Cannot tell why it has not come to its end"));
  }

  /** Ends the jobs of all trainings. */
  void cancel() {
    distinct().forEach(one -> spark.cancelJobsWithTag(SparkRun.tag(uriOf(one))));
  }

  /** Each training once, seed by seed, so that the first seeds of all rows are done first. */
  private List<Training> distinct() {
    var byFolder = new LinkedHashMap<String, Training>();
    for (int seed = 0; seed < plan.study().seeds(); seed++) {
      for (List<Training> row : trainings) {
        byFolder.putIfAbsent(row.get(seed).folder(), row.get(seed));
      }
    }
    return List.copyOf(byFolder.values());
  }

  private String uriOf(Training one) {
    return uri + "/" + one.folder();
  }

  private RunFolder folder(Training one) {
    return new RunFolder(storages.open(uriOf(one)), settings.checkpoints());
  }

  private void train(List<Training> left, SharedStages shared, Runnable goOn) {
    if (left.isEmpty()) {
      return;
    }
    var waiting = new ArrayDeque<>(left);
    ExecutorService threads = Executors.newFixedThreadPool(atOnce());
    try {
      left.forEach(any -> threads.execute(() -> train(next(waiting, shared), shared, goOn)));
      threads.shutdown();
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.debug("Training goes on");
      }
    } catch (InterruptedException e) {
      waiting.clear();
      cancel();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot go on with the comparison: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** The first that needs not wait for a stage that another one trains now, or else the first. */
  private @Nullable Training next(Deque<Training> waiting, SharedStages shared) {
    synchronized (waiting) {
      Training chosen =
          waiting.stream()
              .filter(one -> !shared.wouldWait(one))
              .findFirst()
              .orElse(waiting.peekFirst());
      waiting.remove(chosen);
      return chosen;
    }
  }

  private int atOnce() {
    int slots = Math.max(1, spark.defaultParallelism() / settings.taskThreads());
    return settings.local() ? AHEAD * slots : MOST_AT_ONCE;
  }

  private void train(@Nullable Training one, SharedStages shared, Runnable goOn) {
    if (one == null) {
      return;
    }
    try {
      goOn.run();
      try (SparkRun run = open(one)) {
        run.run(one.cell().stages(), stage -> true, shared.seenBy(one), RunObserver.NONE);
      }
      LOG.info("{} is done", one.name());
      tell(one);
    } catch (RuntimeException e) {
      failed(one, e);
    } catch (Throwable e) {
      failed(one, new IllegalStateException(e));
    } finally {
      shared.ended(one);
    }
  }

  private void failed(Training one, RuntimeException why) {
    failures.put(one.folder(), why);
    LOG.warn("{} has failed: {}", one.name(), told(why));
  }

  /** The training's report, and now and then all so far; a training is done without them, too. */
  private void tell(Training one) {
    try {
      new RunReport(folder(one)).write();
      sumUpSoFar();
    } catch (RuntimeException e) {
      LOG.warn("Cannot report on {} yet: {}", one.name(), told(e));
    }
  }

  /** So that a comparison of many hours can be looked at. */
  private synchronized void sumUpSoFar() {
    Instant now = Instant.now();
    if (now.isAfter(summedUp.plus(BETWEEN_SUMMARIES))) {
      summary.accept(comparison());
      summedUp = now;
    }
  }

  private SparkRun open(Training one) {
    return new SparkRun(
        spark,
        storages,
        one.cell().recipe(),
        one.dataUri(),
        uriOf(one),
        settings,
        board.of(one.name()));
  }

  private static String told(RuntimeException failure) {
    return FirstLine.of(Fault.known(failure).orElse(failure));
  }

  private Comparison comparison() {
    List<List<CellOutcome>> outcomes =
        trainings.stream().map(row -> row.stream().map(this::outcome).toList()).toList();
    return ComparisonTally.of(
        plan,
        outcomes,
        testLabels(),
        Map.of(
            "deep-incubation",
            Version.ofThisLibrary(),
            "spark",
            spark.version(),
            "libtorch",
            TorchEngine.version()));
  }

  private CellOutcome outcome(Training one) {
    return CellOutcome.of(one.folder(), folder(one), one.cell().stages(), reason(one));
  }

  private @Nullable String reason(Training one) {
    return Optional.ofNullable(failures.get(one.folder())).map(ComparisonRun::told).orElse(null);
  }

  private int[] testLabels() {
    int[] known = testLabels;
    if (known == null) {
      known =
          PreparedData.open(storages.open(plan.data().uri()), plan.recipe())
              .testLabels(settings.cache());
      testLabels = known;
    }
    return known;
  }

  private List<TaskAttempt> attempts(List<Training> trained) {
    var attempts = new ArrayList<TaskAttempt>();
    trained.forEach(one -> attempts.addAll(folder(one).taskAttempts()));
    return attempts;
  }

  /** What the comparison ends with where a training failed; the first one's kind. */
  private @Nullable RuntimeException failure() {
    return distinct().stream()
        .filter(one -> failures.containsKey(one.folder()))
        .findFirst()
        .map(one -> failure(one, failures.getOrDefault(one.folder(), new IllegalStateException())))
        .orElse(null);
  }

  private RuntimeException failure(Training first, RuntimeException why) {
    return Fault.of(why)
        .toException(
            String.format(
                Locale.ROOT,
                "Cannot finish the comparison: %d of %d trainings failed; the first, %s: %s; give"
                    + " the command again to go on",
                failures.size(),
                distinct().size(),
                first.name(),
                told(why)));
  }
}
