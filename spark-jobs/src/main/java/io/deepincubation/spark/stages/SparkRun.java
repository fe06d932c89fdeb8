package io.deepincubation.spark.stages;

import io.deepincubation.core.method.CommittedStages;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.Measured;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.Replicas;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.RunInputs;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageRunner;
import io.deepincubation.core.method.StageWork;
import io.deepincubation.core.method.StartingWeights;
import io.deepincubation.core.method.Tasks;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.LeaseException;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunLease;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.RunRecord;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.core.training.Task;
import io.deepincubation.core.weights.WeightsFolder;
import io.deepincubation.spark.cluster.DeviceChoice;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.StageScheduling;
import io.deepincubation.spark.cluster.Version;
import io.deepincubation.spark.cluster.Where;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.storage.StorageFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run folder, a recipe and its data, and what trains there. A fresh folder is claimed, and its
 * lease taken, when something is trained; the lease is given back at the end.
 */
public final class SparkRun implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SparkRun.class);
  private static final String DRIVER = "driver";
  private static final String TASK = "task";
  private static final String ARITHMETIC = "arithmetic";

  private final JavaSparkContext spark;
  private final StorageFactory storages;
  private final Recipe recipe;
  private final PreparedData images;
  private final RunFolder folder;
  private final RunLease lease;
  private final Commits commits;
  private final ProgressBoard board;
  private final SparkSettings settings;
  private final StageScheduling scheduling;
  private final ArithmeticChoice arithmetic;
  private final RunRecord wanted;
  private final List<String> worked = new ArrayList<>();
  private final Map<String, StageImport> imports = new HashMap<>();
  private RunRecord record;
  private @Nullable TrainingData data;

  /**
   * Checks that data and folder belong together; writes nothing.
   *
   * @param spark runs the stages
   * @param storages opens data and run folder
   * @param recipe the hyper-parameters
   * @param dataUri the prepared set
   * @param runUri the run folder
   * @param settings where stages are computed
   * @param board shows each stage's progress
   */
  public SparkRun(
      JavaSparkContext spark,
      StorageFactory storages,
      Recipe recipe,
      String dataUri,
      String runUri,
      SparkSettings settings,
      ProgressBoard board) {
    this.spark = spark;
    this.storages = storages;
    this.recipe = recipe;
    this.settings = settings;
    this.board = board;
    scheduling = StageScheduling.of(spark.getConf());
    arithmetic = new ArithmeticChoice(spark, settings, scheduling);
    images = PreparedData.open(storages.open(dataUri), recipe);
    Storage storage = storages.open(runUri);
    lease = new RunLease(storage, settings.lease(), () -> spark.cancelJobsWithTag(tag(runUri)));
    folder = new RunFolder(storage, settings.checkpoints());
    commits = folder.commits(lease);
    Optional<RunRecord> begun = folder.runRecord();
    wanted = record(dataUri, begun);
    record = begun.isPresent() ? folder.claim(wanted) : wanted;
    requireWidth();
  }

  private RunRecord record(String dataUri, Optional<RunRecord> begun) {
    return new RunRecord(
        RunRecord.FORMAT_VERSION,
        recipe.name(),
        RecipeYaml.tree(recipe),
        RecipeYaml.digest(recipe),
        dataUri,
        images.digest(),
        initialWeightsDigest(begun),
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
            begun
                .flatMap(found -> Optional.ofNullable(found.versions().get(ARITHMETIC)))
                .orElseGet(
                    () -> arithmetic.of(recipe.precision()).name().toLowerCase(Locale.ROOT))),
        Map.of(DRIVER, settings.driverThreads(), TASK, settings.taskThreads()),
        Instant.now().toString());
  }

  private @Nullable String initialWeightsDigest(Optional<RunRecord> begun) {
    if (recipe.initialWeights().isEmpty()) {
      return null;
    }
    return begun
        .filter(found -> recipe.initialWeights().equals(found.recipe().get("initial-weights")))
        .flatMap(found -> Optional.ofNullable(found.initialWeightsDigest()))
        .orElseGet(() -> WeightsFolder.open(storages.open(recipe.initialWeights())).digest());
  }

  /**
   * A task's sums are as wide as when the run began; where that is more than a task has, refuse.
   */
  private void requireWidth() {
    int begun = record.threads().getOrDefault(TASK, settings.taskThreads());
    if (begun > settings.taskThreads()) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot go on with %s: its tasks compute with %d threads, which decides the bits, and"
                  + " now have %d processors; set spark.task.cpus=%d",
              folder.uri(),
              begun,
              settings.taskThreads(),
              begun));
    }
  }

  /**
   * The recipe's arithmetic; where it leaves that open what the run began with, so that a resumed
   * run keeps its bits.
   */
  private Arithmetic chosenArithmetic() {
    return Optional.ofNullable(record.versions().get(ARITHMETIC))
        .filter(begun -> recipe.precision() == Precision.AUTO)
        .map(name -> Arithmetic.valueOf(name.toUpperCase(Locale.ROOT)))
        .orElseGet(() -> arithmetic.of(recipe.precision()));
  }

  /** The run's folder. */
  public RunFolder folder() {
    return folder;
  }

  /** The names of the classes, by number. */
  public List<String> classNames() {
    return images.classes().names();
  }

  /**
   * The tag of a run's Spark jobs, by which they are cancelled. Their group stays the caller's, by
   * which notebooks cancel, count and link them.
   */
  public static String tag(String runUri) {
    return "deep-incubation " + runUri.replace(',', '_'); // Spark puts commas between tags.
  }

  /** What stages depend on beside their recipe. */
  public RunInputs inputs() {
    return new RunInputs(images.digest(), wanted.initialWeightsDigest());
  }

  /**
   * Some of a method's stages, computed now where they are not committed.
   *
   * @param stages the method's
   * @param chosen which of them
   * @param others runs whose committed stages of equal key are taken
   * @param watcher is told what happens, as the board is
   */
  public IncubationReport run(
      List<Stage> stages, Predicate<Stage> chosen, OtherRuns others, RunObserver watcher) {
    RunObserver observer = RunObserver.all(List.of(board, watcher));
    List<Stage> asked = stages.stream().filter(chosen).toList();
    Tasks.requireFit(asked, images.classes());
    requireAllGpusUsed(asked);
    StageRunner runner =
        new SparkStages(
            settings, this::driverCompute, this::context, this::jobs, commits, board, observer);
    return new MethodRun(
            stages, folder, inputs(), ready -> compute(ready, others, runner), observer)
        .run(chosen);
  }

  /** No GPU of a task, or of the driver, is to be idle. */
  private void requireAllGpusUsed(List<Stage> stages) {
    int ofDriver =
        settings.device() == DeviceChoice.CPU ? 1 : Devices.assigned(spark.resources()).size();
    for (Stage stage : stages) {
      boolean inTask = settings.placeOf(stage) == Where.EXECUTOR;
      Replicas.requireFit(
          stage,
          inTask ? scheduling.gpusOfTask() : ofDriver,
          stage.architecture(images.architecture()));
    }
  }

  /**
   * Makes a fresh folder this run's once the images are decoded and the recipe's initial weights
   * are read, so that what cannot be used leaves no trace in it.
   */
  private void claim() {
    trainingData();
    record = folder.claim(wanted);
  }

  private TrainingData trainingData() {
    TrainingData loaded = data == null ? images.load(settings.cache()) : data;
    data = loaded;
    return loaded;
  }

  /** Takes over what lost attempts handed in, and what other runs have; the rest is computed. */
  private void compute(List<Stage> ready, OtherRuns others, StageRunner runner) {
    claim();
    lease.acquire();
    ready.forEach(this::isCommitted); // Another driver may have worked here while this one waited.
    commits.keepRecipe(wanted);
    images.tokenizer().ifPresent(commits::keepTokenizer);
    ready.forEach(stage -> worked.add(stage.name()));
    List<Stage> later = ready.stream().filter(others::areTraining).toList();
    computeNow(ready.stream().filter(stage -> !later.contains(stage)).toList(), others, runner);
    computeNow(later, others, runner);
  }

  private void computeNow(List<Stage> ready, OtherRuns others, StageRunner runner) {
    List<Stage> left =
        ready.stream()
            .filter(stage -> commits.accept(stage.name(), stage.key(inputs())).isEmpty())
            .filter(stage -> !take(stage, others))
            .toList();
    if (!left.isEmpty()) {
      runner.run(left);
    }
    ready.forEach(others::committed);
  }

  private boolean take(Stage stage, OtherRuns others) {
    Optional<String> uri = others.holding(stage);
    boolean taken = uri.isPresent() && imported(uri.get()).copy(stage, commits);
    if (taken) {
      others.taken(stage);
    }
    return taken;
  }

  private StageImport imported(String uri) {
    return imports.computeIfAbsent(
        uri, any -> new StageImport(new RunFolder(storages.open(uri)), record, inputs()));
  }

  /** The split that is meant where none is given: the one that results are of. */
  public String split(String given) {
    return images.split(given);
  }

  /**
   * What a committed stage's network is worth on a split, measured now.
   *
   * @param changed what is done to the task that it is measured by
   * @throws UnfitDataException if the data has none of that name
   */
  public Measured measured(Stage stage, String split, UnaryOperator<Task> changed) {
    return new StageWork(context(RunObserver.NONE), driverCompute())
        .measured(stage, images.samples(split, settings.cache()), changed);
  }

  /** A stage's result, where it is committed. */
  public boolean isCommitted(Stage stage) {
    return new CommittedStages(folder, inputs()).result(stage).isPresent();
  }

  private StageJobs jobs(RunObserver observer) {
    var forTasks =
        new StageJobSettings(
            images.uri(),
            inputs(),
            folder.uri(),
            chosenArithmetic(),
            record.threads().getOrDefault(TASK, settings.taskThreads()),
            settings);
    return new StageJobs(spark, scheduling, forTasks, storages, commits, observer);
  }

  private Compute driverCompute() {
    int threads = record.threads().getOrDefault(DRIVER, settings.driverThreads());
    var compute = new Compute(arithmetic.driverDevices(), chosenArithmetic(), threads);
    warnOfIdleGpus(compute);
    return compute;
  }

  private void warnOfIdleGpus(Compute compute) {
    if (!compute.device().isGpu()
        && scheduling.asksForGpus()
        && settings.device() != DeviceChoice.CPU) {
      LOG.warn(
          "The driver trains on its processor while executors have GPUs; set {} and {} to executor,"
              + " or spark.driver.resource.gpu.amount",
          SparkSettings.TRAIN_ON,
          SparkSettings.FINE_TUNE_ON);
    }
  }

  private RunContext context(RunObserver observer) {
    return new RunContext(
        images.architecture(),
        StartingWeights.of(
            recipe, images.architecture(), wanted.initialWeightsDigest(), storages::open),
        trainingData(),
        folder,
        commits,
        RunObserver.all(List.of(event -> lease.requireNotLost(), observer)),
        Attempt.HERE);
  }

  /** Clears away what lost attempts left of the stages, and gives the folder back. */
  @Override
  public void close() {
    try (lease) {
      worked.stream().filter(stage -> folder.result(stage).isPresent()).forEach(commits::sweep);
    } catch (StorageException | LeaseException e) {
      LOG.warn("Left files of lost attempts in {}: {}", folder.uri(), e.getMessage());
    }
  }
}
