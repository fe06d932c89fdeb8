package io.deepincubation.spark;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.incubation.IncubationReport;
import io.deepincubation.core.incubation.MissingStageException;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.incubation.TrainingCost;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Deep Incubation on Spark: whole networks are trained on the driver, or in a task of their own
 * where {@code spark.deepincubation.train-on=executor}, modules as tasks of one job.
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
 * <p>All methods that train throw {@link RecipeException} where the recipe, or a folder that
 * belongs to another one, is at fault, {@code UnfitDataException} for the data, {@code
 * TrainingDivergedException} where a loss stops being finite, and {@code StorageException} where a
 * file system refuses; also if that happened in a task; and {@code LeaseException} where another
 * driver works in the run folder.
 */
public final class SparkDeepIncubation {

  private final SparkSession spark;
  private final @Nullable Recipe recipe;
  private final @Nullable String dataUri;
  private final @Nullable String runUri;
  private final ProgressBoard board;

  private SparkDeepIncubation(
      SparkSession spark,
      @Nullable Recipe recipe,
      @Nullable String dataUri,
      @Nullable String runUri,
      ProgressBoard board) {
    this.spark = spark;
    this.recipe = recipe;
    this.dataUri = dataUri;
    this.runUri = runUri;
    this.board = board;
  }

  /** Runs on this Spark; its configuration may hold {@code spark.deepincubation.*}. */
  public static SparkDeepIncubation on(SparkSession spark) {
    return new SparkDeepIncubation(spark, null, null, null, new ProgressBoard());
  }

  /** With these hyper-parameters. */
  public SparkDeepIncubation recipe(Recipe chosen) {
    return new SparkDeepIncubation(spark, chosen, dataUri, runUri, board);
  }

  /** On the prepared set in this folder of any Hadoop file system. */
  public SparkDeepIncubation trainingData(String uri) {
    return new SparkDeepIncubation(spark, recipe, uri, runUri, board);
  }

  /** With results in this folder of any Hadoop file system. */
  public SparkDeepIncubation runFolder(String uri) {
    return new SparkDeepIncubation(spark, recipe, dataUri, uri, board);
  }

  /** With progress shown on this board. */
  public SparkDeepIncubation progress(ProgressBoard shown) {
    return new SparkDeepIncubation(spark, recipe, dataUri, runUri, shown);
  }

  /** The whole of Algorithm 1. */
  public IncubationReport run() {
    try (SparkRun run = open()) {
      StageResult meta = run.network(Stages.META);
      List<StageResult> modules = run.modules();
      StageResult assembled = run.network(Stages.ASSEMBLED);
      StageResult tuned = run.network(Stages.FINAL);
      return new IncubationReport(meta, modules, assembled, tuned);
    }
  }

  /** Pre-trains the meta model end to end. */
  public StageResult preTrainMetaModel() {
    return network(Stages.META);
  }

  /**
   * Incubates the modules as one job, a task for each.
   *
   * @throws MissingStageException if the meta model is not committed
   */
  public List<StageResult> incubateModules() {
    try (SparkRun run = open()) {
      return run.modules();
    }
  }

  /**
   * Assembles the modules into the target model.
   *
   * @throws MissingStageException if a module is not committed
   */
  public StageResult assemble() {
    return network(Stages.ASSEMBLED);
  }

  /**
   * Fine-tunes the assembled model.
   *
   * @throws MissingStageException if it is not committed
   */
  public StageResult fineTune() {
    return network(Stages.FINAL);
  }

  /** Trains the target model end to end from fresh weights: the baseline. */
  public StageResult trainEndToEnd() {
    return network(Stages.END_TO_END);
  }

  /**
   * Measures a committed network on the test split once more, from its files.
   *
   * @param stage its name, such as {@code final} or {@code baselines/e2e}
   * @throws MissingStageException if it is not committed
   */
  public Evaluation evaluate(String stage) {
    try (SparkRun run = open()) {
      StageResult result =
          run.folder()
              .result(stage)
              .orElseThrow(
                  () ->
                      new MissingStageException(
                          String.format(
                              "Cannot evaluate %s of %s: expected a committed stage, got none",
                              stage, run.folder().uri())));
      return new Evaluation(stage, run.classNames(), run.confusion(result));
    }
  }

  /** Counts the operations of the recipe's training on the data; trains nothing. */
  public TrainingCost cost() {
    PreparedImages images = PreparedImages.open(storages().open(dataUri()), recipe());
    return new TrainingCost(recipe(), images.architecture(), images.trainImages());
  }

  private StageResult network(String stage) {
    try (SparkRun run = open()) {
      return run.network(stage);
    }
  }

  private SparkRun open() {
    return new SparkRun(
        context(),
        storages(),
        recipe(),
        dataUri(),
        require(runUri, "a run folder", "runFolder(uri)"),
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
      throw new RecipeException("Cannot run: expected " + what + ", got none; call " + call);
    }
    return value;
  }
}
