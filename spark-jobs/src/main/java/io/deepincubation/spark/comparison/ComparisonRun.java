package io.deepincubation.spark.comparison;

import io.deepincubation.core.comparison.CellOutcome;
import io.deepincubation.core.comparison.Comparison;
import io.deepincubation.core.comparison.ComparisonPlan;
import io.deepincubation.core.comparison.ComparisonTally;
import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.weights.WeightsFolder;
import io.deepincubation.spark.RunReport;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.Version;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.stages.Fault;
import io.deepincubation.spark.stages.PreparedImages;
import io.deepincubation.spark.stages.SparkRun;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Threads a slot, so that another training's stage is ready when a task ends. */
  private static final int AHEAD = 2;

  private static final int MOST_AT_ONCE = 64;
  private static final Duration BETWEEN_SUMMARIES = Duration.ofMinutes(1);

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final SparkSettings settings;
  private final ComparisonPlan plan;
  private final String uri;
  private final ProgressBoard board;
  private final Consumer<Comparison> summary;
  private final Map<ComparisonPlan.Cell, Training> trainings = new LinkedHashMap<>();
  private final Map<String, RuntimeException> failures = new ConcurrentHashMap<>();
  private final Instant begun = Instant.now();
  private Instant summedUp = begun;

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
    for (ComparisonPlan.Row row : plan.rows()) {
      for (ComparisonPlan.Cell cell : row.cells()) {
        trainings.put(cell, Training.of(row, cell, inputs(row, cell.recipe())));
      }
    }
  }

  private RunInputs inputs(ComparisonPlan.Row row, Recipe recipe) {
    String weights =
        recipe.initialWeights().isEmpty()
            ? null
            : WeightsFolder.open(storages.open(recipe.initialWeights())).digest();
    return new RunInputs(row.set().digest(), weights);
  }

  /** Trains what is not committed, and sums up. */
  ComparisonReport run() {
    List<Training> all = distinct();
    List<Training> left = all.stream().filter(one -> !one.isDone(folder(one))).toList();
    LOG.info("{} trainings, {} of them done before", all.size(), all.size() - left.size());
    var shared = new SharedStages(all, this::folder);
    train(left, shared);
    Comparison comparison = comparison();
    var work =
        new ComparisonReport.Work(
            all.size(),
            left.size() - failures.size(),
            all.size() - left.size(),
            failures.size(),
            shared.trained(),
            shared.takenOver(),
            Occupancy.of(attempts(left), begun, Instant.now()));
    return new ComparisonReport(spark, comparison, work, failure());
  }

  /** Each training once, the cheap ones' needs in the order of the plan. */
  private List<Training> distinct() {
    var byFolder = new LinkedHashMap<String, Training>();
    // Seed by seed, so that the first seeds of all rows are done first.
    for (int seed = 0; seed < plan.study().seeds(); seed++) {
      for (ComparisonPlan.Row row : plan.rows()) {
        Training one = training(row.cells().get(seed));
        byFolder.putIfAbsent(one.folder(), one);
      }
    }
    return List.copyOf(byFolder.values());
  }

  private Training training(ComparisonPlan.Cell cell) {
    Training training = trainings.get(cell);
    if (training == null) {
      throw new IllegalStateException("Cannot find the training of " + cell.recipe().name());
    }
    return training;
  }

  private RunFolder folder(Training one) {
    return new RunFolder(storages.open(uri + "/" + one.folder()), settings.checkpoints());
  }

  private void train(List<Training> left, SharedStages shared) {
    if (left.isEmpty()) {
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(atOnce());
    try {
      left.forEach(one -> threads.execute(() -> train(one, shared)));
      threads.shutdown();
      while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        LOG.debug("Training goes on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot go on with the comparison: interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private int atOnce() {
    int slots = Math.max(1, spark.defaultParallelism() / settings.taskThreads());
    return Math.min(MOST_AT_ONCE, AHEAD * slots);
  }

  private void train(Training one, SharedStages shared) {
    try (SparkRun run = open(one)) {
      run.run(one.cell().stages(), stage -> true, shared.seenBy(one));
      new RunReport(run.folder()).write();
      LOG.info("{} is done", one.name());
      sumUpSoFar();
    } catch (RuntimeException e) {
      failures.put(one.folder(), e);
      LOG.warn("{} has failed: {}", one.name(), told(e));
    } finally {
      shared.ended(one);
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
        uri + "/" + one.folder(),
        settings,
        board.of(one.name()));
  }

  private static String told(RuntimeException failure) {
    return FirstLine.of(Fault.known(failure).orElse(failure));
  }

  private Comparison comparison() {
    List<List<CellOutcome>> outcomes =
        plan.rows().stream()
            .map(row -> row.cells().stream().map(this::training).map(this::outcome).toList())
            .toList();
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
    return PreparedImages.open(storages.open(plan.data().uri()), plan.recipe())
        .testLabels(settings.cache());
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
                "Cannot finish the comparison: %d of %d trainings failed; the first, %s: %s; give"
                    + " the command again to go on",
                failures.size(), distinct().size(), first.name(), told(why)));
  }
}
