package io.deepincubation.spark;

import ai.djl.Device;
import io.deepincubation.core.checkpoint.Host;
import io.deepincubation.core.checkpoint.LeaseException;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.RunLease;
import io.deepincubation.core.checkpoint.RunRecord;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.Storage;
import io.deepincubation.core.checkpoint.StorageException;
import io.deepincubation.core.checkpoint.TaskAttempt.Outcome;
import io.deepincubation.core.checkpoint.WeightsFolder;
import io.deepincubation.core.incubation.DeepIncubation;
import io.deepincubation.core.incubation.LocalModuleTasks;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.incubation.StartingWeights;
import io.deepincubation.core.incubation.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.ConfusionMatrix;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.core.training.TaskPlace;
import io.deepincubation.spark.progress.AttemptLog;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run folder that is claimed for a recipe and its data, and what trains in it. The folder's lease
 * is taken when something is trained, and given back at the end.
 */
final class SparkRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SparkRun.class);
  private static final String DRIVER = "driver";
  private static final String TASK = "task";
  private static final String ARITHMETIC = "arithmetic";

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final Recipe recipe;
  private final PreparedImages images;
  private final RunFolder folder;
  private final RunLease lease;
  private final ProgressBoard board;
  private final SparkSettings settings;
  private final StageScheduling scheduling;
  private final RunRecord record;
  private final List<String> worked = new ArrayList<>();
  private @Nullable TrainingData data;

  /**
   * Checks that recipe, data and folder belong together, and claims the folder.
   *
   * <p>A fresh folder is claimed once the images are decoded and the recipe's initial weights are
   * read, so that what cannot be used leaves no trace in it.
   */
  SparkRun(
      JavaSparkContext spark,
      StorageFactory storages,
      Recipe recipe,
      String dataUri,
      String runUri,
      ProgressBoard board) {
    this.spark = spark;
    this.storages = storages;
    this.recipe = recipe;
    this.board = board;
    settings = SparkSettings.of(spark.getConf());
    scheduling = StageScheduling.of(spark.getConf());
    images = PreparedImages.open(storages.open(dataUri), recipe);
    Storage storage = storages.open(runUri);
    lease = new RunLease(storage, settings.lease(), () -> spark.sc().cancelJobGroup(group(runUri)));
    folder = new RunFolder(storage, settings.checkpoints()).under(lease);
    if (folder.runRecord().isEmpty()) {
      data = images.load(settings.cache());
    }
    record = folder.claim(record(dataUri, folder.runRecord()));
    requireWidth();
  }

  private RunRecord record(String dataUri, Optional<RunRecord> begun) {
    String arithmetic =
        begun
            .flatMap(found -> Optional.ofNullable(found.versions().get(ARITHMETIC)))
            .orElseGet(() -> arithmetic().name().toLowerCase(Locale.ROOT));
    return new RunRecord(
        RunRecord.FORMAT_VERSION,
        recipe.name(),
        RecipeYaml.tree(recipe),
        RecipeYaml.digest(recipe),
        dataUri,
        images.digest(),
        begun.isPresent() ? begun.get().initialWeightsDigest() : initialWeightsDigest(),
        Map.of(
            "deep-incubation",
            Version.ofThisLibrary(),
            "spark",
            spark.version(),
            "libtorch",
            TorchEngine.version(),
            "java",
            Runtime.version().toString(),
            ARITHMETIC,
            arithmetic),
        Map.of(DRIVER, settings.driverThreads(), TASK, settings.taskThreads()),
        Instant.now().toString());
  }

  private @Nullable String initialWeightsDigest() {
    return recipe.initialWeights().isEmpty()
        ? null
        : WeightsFolder.open(storages.open(recipe.initialWeights())).digest();
  }

  private Arithmetic arithmetic() {
    return switch (recipe.precision()) {
      case FP32 -> Arithmetic.FP32;
      case BF16 -> Arithmetic.BF16;
      case AUTO -> nativeArithmetic();
    };
  }

  /** Fast bfloat16 wherever the run computes, or fp32. */
  private Arithmetic nativeArithmetic() {
    var places = EnumSet.noneOf(Arithmetic.class);
    if (settings.trainOn() == TrainingPlace.DRIVER
        || settings.fineTuneOn() == TrainingPlace.DRIVER) {
      places.add(NativeArithmetic.of(driverDevice()));
    }
    if (!settings.local()) {
      places.add(taskArithmetic());
    }
    return places.contains(Arithmetic.FP32) ? Arithmetic.FP32 : Arithmetic.BF16;
  }

  private Arithmetic taskArithmetic() {
    spark.setLocalProperty(
        StageJobs.CALL_SITE, "Deep Incubation: ask a task what its device is fast at");
    try {
      JavaRDD<Integer> task = scheduling.applyTo(spark.parallelize(List.of(0), 1));
      return Arithmetic.valueOf(task.map(new NativeArithmeticProbe(settings)).first());
    } finally {
      spark.setLocalProperty(StageJobs.CALL_SITE, null);
    }
  }

  private Device driverDevice() {
    return Devices.choose(
        settings.device(), Devices.assigned(spark.resources()), settings.local() ? 0 : -1);
  }

  /**
   * A task's sums are as wide as when the run began; where that is more than a task has, refuse.
   */
  private void requireWidth() {
    int begun = record.threads().getOrDefault(TASK, settings.taskThreads());
    if (begun > settings.taskThreads()) {
      throw new RecipeException(
          String.format(
              "Cannot go on with %s: its tasks compute with %d threads, which decides the bits, and"
                  + " now have %d processors; set spark.task.cpus=%d",
              folder.uri(), begun, settings.taskThreads(), begun));
    }
  }

  /** The arithmetic that the run began with, so that a resumed run keeps its bits. */
  private Arithmetic recordedArithmetic() {
    return Optional.ofNullable(record.versions().get(ARITHMETIC))
        .map(name -> Arithmetic.valueOf(name.toUpperCase(Locale.ROOT)))
        .orElseGet(this::arithmetic);
  }

  /** The run's folder. */
  RunFolder folder() {
    return folder;
  }

  /** Modules of the target model, K. */
  int moduleCount() {
    return recipe.division().modules();
  }

  /** The names of the classes, by number. */
  List<String> classNames() {
    return images.classNames();
  }

  /** The Spark jobs of a run. */
  static String group(String runUri) {
    return "deep-incubation " + runUri;
  }

  /** The result of a whole network's stage, computed now if it is not committed. */
  StageResult network(String stage) {
    return folder.result(stage).orElseGet(() -> holding(stage));
  }

  private StageResult holding(String stage) {
    hold(List.of(stage));
    return folder.accept(stage).orElseGet(() -> watched(stage));
  }

  private StageResult watched(String stage) {
    board.expect(stage, -1, moduleCount());
    try (var attempts = AttemptLog.of(folder)) {
      StageResult result =
          settings.placeOf(stage) == TrainingPlace.EXECUTOR
              ? inTask(stage, attempts)
              : onDriver(stage, attempts);
      board.done(stage);
      return result;
    } catch (RuntimeException e) {
      board.failed(stage, firstLine(e));
      throw e;
    }
  }

  private StageResult inTask(String stage, AttemptLog attempts) {
    jobs(attempts).network(stage);
    return folder
        .result(stage)
        .orElseThrow(
            () ->
                new StorageException(
                    "Cannot find "
                        + stage
                        + " in "
                        + folder.uri()
                        + " after its task handed it in"));
  }

  private StageResult onDriver(String stage, AttemptLog attempts) {
    Compute compute = driverCompute();
    warnOfIdleGpus(compute);
    String device = TaskPlace.HERE.device(compute.device());
    int number = attempts.started(stage, TaskPlace.DRIVER, Host.name(), device, Instant.now());
    try {
      StageResult result = new DeepIncubation(context(), compute, jobs(attempts)).network(stage);
      attempts.ended(number, Outcome.DONE, "", Instant.now());
      return result;
    } catch (RuntimeException e) {
      attempts.ended(number, Outcome.FAILED, firstLine(e), Instant.now());
      throw e;
    }
  }

  private static String firstLine(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  /** The modules' results, incubated now where they are not committed. */
  List<StageResult> modules() {
    List<StageResult> committed = modules(folder::result);
    if (committed.size() == moduleCount()) {
      return committed;
    }
    hold(IntStream.range(0, moduleCount()).mapToObj(Stages::module).toList());
    modules(folder::accept);
    try (var attempts = AttemptLog.of(folder)) {
      var idle = new Compute(Device.cpu(), recordedArithmetic(), 1);
      return new DeepIncubation(context(), idle, jobs(attempts)).incubateModules();
    }
  }

  private void hold(List<String> stages) {
    lease.acquire();
    worked.addAll(stages);
  }

  private List<StageResult> modules(Function<String, Optional<StageResult>> find) {
    return IntStream.range(0, moduleCount())
        .mapToObj(i -> find.apply(Stages.module(i)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Top-1 accuracy of a committed stage's network, measured now. */
  ConfusionMatrix confusion(StageResult result) {
    Compute compute = driverCompute();
    return new DeepIncubation(context(), compute, new LocalModuleTasks(context(), compute, 1))
        .confusion(result);
  }

  private void warnOfIdleGpus(Compute compute) {
    if (!compute.device().isGpu()
        && scheduling.asksForGpus()
        && settings.device() != DeviceWish.CPU) {
      LOG.warn(
          "The driver trains on its processor while executors have GPUs; set {} and {} to executor,"
              + " or spark.driver.resource.gpu.amount",
          SparkSettings.TRAIN_ON,
          SparkSettings.FINE_TUNE_ON);
    }
  }

  private StageJobs jobs(AttemptLog attempts) {
    return new StageJobs(spark, scheduling, taskFacts(), storages, folder, board, attempts);
  }

  private Compute driverCompute() {
    int threads = record.threads().getOrDefault(DRIVER, settings.driverThreads());
    return new Compute(driverDevice(), recordedArithmetic(), threads);
  }

  private RunContext context() {
    TrainingData loaded = data == null ? images.load(settings.cache()) : data;
    data = loaded;
    return new RunContext(
        recipe,
        images.architecture(),
        StartingWeights.of(
            recipe, images.architecture(), record.initialWeightsDigest(), storages::open),
        loaded,
        folder,
        this::told,
        TaskPlace.HERE);
  }

  private void told(StageProgress news) {
    lease.requireNotLost();
    board.update(news);
  }

  private TaskFacts taskFacts() {
    return new TaskFacts(
        RecipeYaml.toYaml(recipe),
        images.uri(),
        images.digest(),
        record.initialWeightsDigest(),
        folder.uri(),
        recordedArithmetic(),
        record.threads().getOrDefault(TASK, settings.taskThreads()),
        settings);
  }

  /** Clears away what lost attempts left of the stages, and gives the folder back. */
  @Override
  public void close() {
    try (lease) {
      worked.stream().filter(stage -> folder.result(stage).isPresent()).forEach(folder::sweep);
    } catch (StorageException | LeaseException e) {
      LOG.warn("Left files of lost attempts in {}: {}", folder.uri(), e.getMessage());
    }
  }
}
