package io.deepincubation.spark;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.comparison.SetFacts;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EqualCost;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.method.MissingStageException;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.tracking.Tracking;
import io.deepincubation.core.training.Task;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.stages.OtherRuns;
import io.deepincubation.spark.stages.PreparedData;
import io.deepincubation.spark.stages.SparkRun;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Deep Incubation on Spark, and its rivals: whole networks are trained on the driver, or in a task
 * of their own where {@code spark.deepincubation.train-on=executor}, modules as tasks of one job.
 *
 * <pre>{@code
 * IncubationReport report =
 *     SparkDeepIncubation.on(spark)
 *         .recipe(Recipes.named("deit-tiny-32-cifar100"))
 *         .trainingData("s3a://lake/cifar100")
 *         .runFolder("s3a://runs/42")
 *         .run();
 * }</pre>
 *
 * <p>Every stage is committed in the run folder and not repeated, so each method may be called
 * again, on another cluster too. Instances do not change; each setting gives a new one.
 *
 * <p>All methods that train throw {@code RecipeException} where the recipe, or a folder whose
 * stages were trained otherwise, is at fault, {@link UsageException} for arguments and Spark's
 * settings, {@code UnfitDataException} for the data, {@code TrainingDivergedException} where a loss
 * stops being finite, and {@code StorageException} where a file system refuses; also if that
 * happened in a task; and {@code LeaseException} where another driver works in the run folder.
 */
@Stable
public final class SparkDeepIncubation {

  private final SparkSession spark;
  private final Method method;
  private final @Nullable Recipe recipe;
  private final @Nullable String dataUri;
  private final @Nullable String runUri;
  private final @Nullable String fromRun;
  private final ProgressBoard board;
  private final @Nullable List<String> trackers;

  private SparkDeepIncubation(
      SparkSession spark,
      Method method,
      @Nullable Recipe recipe,
      @Nullable String dataUri,
      @Nullable String runUri,
      @Nullable String fromRun,
      ProgressBoard board,
      @Nullable List<String> trackers) {
    this.spark = spark;
    this.method = method;
    this.recipe = recipe;
    this.dataUri = dataUri;
    this.runUri = runUri;
    this.fromRun = fromRun;
    this.board = board;
    this.trackers = trackers;
  }

  /** Runs on this Spark; its configuration may hold {@code spark.deepincubation.*}. */
  public static SparkDeepIncubation on(SparkSession spark) {
    return new SparkDeepIncubation(
        spark, new DeepIncubation(), null, null, null, null, new ProgressBoard(), null);
  }

  /** Trains by this method instead of Deep Incubation. */
  public SparkDeepIncubation method(Method chosen) {
    return new SparkDeepIncubation(
        spark, chosen, recipe, dataUri, runUri, fromRun, board, trackers);
  }

  /** With these hyper-parameters. */
  public SparkDeepIncubation recipe(Recipe chosen) {
    return new SparkDeepIncubation(
        spark, method, chosen, dataUri, runUri, fromRun, board, trackers);
  }

  /** On the prepared set in this folder of any Hadoop file system. */
  public SparkDeepIncubation trainingData(String uri) {
    return new SparkDeepIncubation(spark, method, recipe, uri, runUri, fromRun, board, trackers);
  }

  /** With results in this folder of any Hadoop file system. */
  public SparkDeepIncubation runFolder(String uri) {
    return new SparkDeepIncubation(spark, method, recipe, dataUri, uri, fromRun, board, trackers);
  }

  /** Taking committed stages of equal key from another run's folder instead of training them. */
  public SparkDeepIncubation fromRun(String uri) {
    return new SparkDeepIncubation(spark, method, recipe, dataUri, runUri, uri, board, trackers);
  }

  /** With progress shown on this board. */
  public SparkDeepIncubation progress(ProgressBoard shown) {
    return new SparkDeepIncubation(
        spark, method, recipe, dataUri, runUri, fromRun, shown, trackers);
  }

  /**
   * Shown in these trackers instead of those of {@code spark.deepincubation.track}; one that fails
   * is told in the log and never fails the run.
   *
   * @param addresses {@code tensorboard} for a folder in the run's own, {@code tensorboard:URI},
   *     {@code mlflow:URI[?experiment=NAME]}
   * @throws UsageException if one is none of these
   */
  public SparkDeepIncubation track(String... addresses) {
    List<String> chosen = List.of(addresses);
    Tracking.requireKnown(chosen);
    return new SparkDeepIncubation(spark, method, recipe, dataUri, runUri, fromRun, board, chosen);
  }

  /** All stages of the method. */
  public IncubationReport run() {
    return run(stage -> true);
  }

  /**
   * Some stages of the method.
   *
   * @param chosen which
   * @throws MissingStageException if one needs a stage that is neither chosen nor committed
   */
  public IncubationReport run(Predicate<Stage> chosen) {
    OtherRuns others = fromRun == null ? OtherRuns.NONE : OtherRuns.of(fromRun);
    try (SparkRun run = open();
        Tracking tracking = Tracking.of(trackers(), run.folder(), storages()::open)) {
      IncubationReport report = run.run(stages(), chosen, others, tracking);
      if (!tracking.isEmpty()) {
        tell(tracking, run.folder());
      }
      return report;
    }
  }

  private List<String> trackers() {
    return trackers == null ? SparkSettings.trackers(context().getConf()) : trackers;
  }

  /** What trackers may lack: all that is committed by now. */
  private void tell(Tracking tracking, RunFolder folder) {
    List<Stage> stages = stages();
    List<StageResult> committed =
        stages.stream().map(Stage::name).map(folder::result).flatMap(Optional::stream).toList();
    Optional<StageResult> model = folder.result(stages.get(stages.size() - 1).name());
    tracking.done(committed, new RunReport(folder).html(), model.orElse(null));
  }

  /** Pre-trains the meta model end to end. */
  public StageResult preTrainMetaModel() {
    return stage(Stages.META);
  }

  /**
   * Trains the modules that the method trains alone as one job, a task for each.
   *
   * @throws MissingStageException if the meta model is not committed
   */
  public List<StageResult> incubateModules() {
    return run(stage -> stage.module().isPresent()).stages();
  }

  /**
   * Assembles the modules into the target model.
   *
   * @throws MissingStageException if a module is not committed
   */
  public StageResult assemble() {
    return stage(Stages.ASSEMBLED);
  }

  /**
   * Fine-tunes the assembled model, then on larger images if the recipe asks for it.
   *
   * @return what came last
   * @throws MissingStageException if it is not committed
   */
  public StageResult fineTune() {
    return run(stage -> stage.name().equals(Stages.FINAL) || stage.isResized()).model();
  }

  private StageResult stage(String name) {
    return run(stage -> stage.name().equals(name)).model();
  }

  /**
   * Measures a committed network on the test split once more, from its files.
   *
   * @param name of any method's stage of a whole network, such as {@code final} or {@code
   *     baselines/e2e}
   * @throws UsageException if there is no such stage, or it is a module's
   * @throws MissingStageException if it is not committed
   */
  public Evaluation evaluate(String name) {
    return evaluate(name, "");
  }

  /**
   * Measures a committed network on a split once more, from its files.
   *
   * @param name of any method's stage of a whole network, such as {@code final} or {@code
   *     baselines/e2e}
   * @param split its name, such as {@code val}; empty for the one that results are of
   * @throws UsageException if there is no such stage, or it is a module's
   * @throws MissingStageException if it is not committed
   */
  public Evaluation evaluate(String name, String split) {
    return evaluate(name, split, UnaryOperator.identity());
  }

  /**
   * The same of a network of segmentation, by several looks at each image: six sizes, each
   * mirrored, too.
   *
   * @throws UsageException if the network is none of segmentation
   */
  public Evaluation evaluateAtSeveralScales(String name, String split) {
    return evaluate(name, split, Task::atSeveralScales);
  }

  private Evaluation evaluate(String name, String split, UnaryOperator<Task> changed) {
    Stage stage = wholeNetwork(name);
    try (SparkRun run = open()) {
      if (!run.isCommitted(stage)) {
        throw new MissingStageException(
            String.format(
                Locale.ROOT,
                "Cannot evaluate %s of %s: expected a committed stage, got none",
                name,
                run.folder().uri()));
      }
      String measured = run.split(split);
      return new Evaluation(
          name, measured, run.classNames(), run.measured(stage, measured, changed));
    }
  }

  private Stage wholeNetwork(String name) {
    List<Stage> known =
        Stream.concat(stages().stream(), Methods.stages(recipe()).stream())
            .filter(stage -> stage.module().isEmpty())
            .toList();
    return known.stream()
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    String.format(
                        Locale.ROOT,
                        "Cannot evaluate %s: expected the stage of a whole network, one of %s",
                        name,
                        known.stream().map(Stage::name).distinct().toList())));
  }

  /** The stages that the method takes with the recipe. */
  public List<Stage> stages() {
    return method.stages(recipe());
  }

  /**
   * The recipe with the epochs by which another method costs as much, in computed operations, as
   * this one does by the recipe; trains nothing.
   *
   * @param other the other method
   */
  public Recipe equalCost(Method other) {
    SetFacts facts = PreparedData.open(storages().open(dataUri()), recipe()).facts();
    var equal = new EqualCost(facts.trainImages(), facts.classes());
    return equal.solved(other, recipe(), equal.of(method, recipe()).computed());
  }

  private SparkRun open() {
    return new SparkRun(
        context(),
        storages(),
        recipe(),
        dataUri(),
        require(runUri, "a run folder", "runFolder(uri)"),
        SparkSettings.of(context().getConf()),
        board);
  }

  private StorageFactory storages() {
    return new HadoopStorageFactory(context().hadoopConfiguration());
  }

  private JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  private Recipe recipe() {
    return require(recipe, "a recipe", "recipe(Recipes.named(name))");
  }

  private String dataUri() {
    return require(dataUri, "training data", "trainingData(uri)");
  }

  private static <T> T require(@Nullable T value, String what, String call) {
    if (value == null) {
      throw new UsageException("Cannot run: expected " + what + ", got none; call " + call);
    }
    return value;
  }
}
