package io.deepincubation.spark;

import ai.djl.Device;
import io.deepincubation.core.checkpoint.LeaseException;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.RunLease;
import io.deepincubation.core.checkpoint.RunRecord;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.checkpoint.Storage;
import io.deepincubation.core.checkpoint.StorageException;
import io.deepincubation.core.incubation.DeepIncubation;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.incubation.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
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
  private final Device device;
  private final RunRecord record;
  private final List<String> worked = new ArrayList<>();
  private @Nullable TrainingData data;

  /**
   * Checks that recipe, data and folder belong together, and claims the folder.
   *
   * <p>A fresh folder is claimed once the images are decoded, so that data that cannot be used
   * leaves no trace in it.
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
    images = PreparedImages.open(storages.open(dataUri), recipe);
    Storage storage = storages.open(runUri);
    lease = new RunLease(storage, settings.lease(), () -> spark.sc().cancelJobGroup(group(runUri)));
    folder = new RunFolder(storage, settings.checkpoints()).under(lease);
    device = Devices.choose(settings.device(), spark.resources(), settings.local() ? 0 : -1);
    if (folder.runRecord().isEmpty()) {
      data = images.load(settings.cache());
    }
    record = folder.claim(freshRecord(dataUri));
  }

  private RunRecord freshRecord(String dataUri) {
    return new RunRecord(
        RunRecord.FORMAT_VERSION,
        recipe.name(),
        RecipeYaml.tree(recipe),
        RecipeYaml.digest(recipe),
        dataUri,
        images.digest(),
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
            arithmetic().name().toLowerCase(Locale.ROOT)),
        Map.of(DRIVER, settings.driverThreads(), TASK, settings.taskThreads()),
        Instant.now().toString());
  }

  private Arithmetic arithmetic() {
    return switch (recipe.precision()) {
      case FP32 -> Arithmetic.FP32;
      case BF16 -> Arithmetic.BF16;
      case AUTO -> NativeArithmetic.of(device);
    };
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

  /** Images that accuracy is measured on. */
  long testImages() {
    return images.testImages();
  }

  /** The Spark jobs of a run. */
  static String group(String runUri) {
    return "deep-incubation " + runUri;
  }

  /** A stage's result, computed now if it is not committed. */
  StageResult stage(String name, Function<DeepIncubation, StageResult> work) {
    return folder.result(name).orElseGet(() -> holding(name, work));
  }

  private StageResult holding(String name, Function<DeepIncubation, StageResult> work) {
    hold(List.of(name));
    return folder.accept(name).orElseGet(() -> watched(name, work));
  }

  private StageResult watched(String name, Function<DeepIncubation, StageResult> work) {
    board.expect(name, -1, moduleCount());
    try {
      StageResult result = work.apply(incubation());
      board.done(name);
      return result;
    } catch (RuntimeException e) {
      board.failed(name, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      throw e;
    }
  }

  /** The modules' results, incubated now where they are not committed. */
  List<StageResult> modules() {
    List<StageResult> committed = modules(folder::result);
    if (committed.size() == moduleCount()) {
      return committed;
    }
    hold(IntStream.range(0, moduleCount()).mapToObj(Stages::module).toList());
    modules(folder::accept);
    return incubation().incubateModules();
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
  double accuracy(StageResult result) {
    return new CommittedNetwork(context(), driverCompute(), result).accuracy();
  }

  private DeepIncubation incubation() {
    var jobs = new SparkModuleTasks(spark, taskFacts(), storages, board);
    return new DeepIncubation(context(), driverCompute(), new AcceptedTasks(jobs, folder, spark));
  }

  private Compute driverCompute() {
    int threads = record.threads().getOrDefault(DRIVER, settings.driverThreads());
    return new Compute(device, recordedArithmetic(), threads);
  }

  private RunContext context() {
    TrainingData loaded = data == null ? images.load(settings.cache()) : data;
    data = loaded;
    return new RunContext(recipe, images.architecture(), loaded, folder, this::told);
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
