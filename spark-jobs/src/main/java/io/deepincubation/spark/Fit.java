package io.deepincubation.spark;

import com.google.gson.Gson;
import io.deepincubation.core.advice.Budget;
import io.deepincubation.core.advice.ImageSet;
import io.deepincubation.core.advice.RecipeDraft;
import io.deepincubation.core.advice.RecipeDraft.Base;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.Sha256;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.cluster.DriverSpeed;
import io.deepincubation.spark.prepare.ColumnPath;
import io.deepincubation.spark.prepare.Columns;
import io.deepincubation.spark.prepare.Labels;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.prepare.SourceFrame;
import io.deepincubation.spark.prepare.Texts;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.progress.ProgressDisplay;
import io.deepincubation.spark.progress.TerminalStyle;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;

/**
 * One training of an estimator: prepared images and runs lie in its work folder by names that tell
 * what they are made of, so what is there is not made again.
 */
final class Fit {

  private static final String FRAME = "the data frame";
  private static final int NAME_LENGTH = 16;
  private static final String ATTRIBUTE = "ml_attr";
  private static final String VALUES = "vals";

  private final DeepIncubationClassifier settings;
  private final Dataset<Row> images;
  private final SparkSession spark;
  private final StorageFactory storages;
  private final WorkFolder work;
  private final Columns columns;

  Fit(DeepIncubationClassifier settings, Dataset<Row> images) {
    this.settings = settings;
    this.images = images;
    spark = images.sparkSession();
    storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
    work = WorkFolder.of(settings.getWorkFolder(), spark.sparkContext());
    columns =
        new Columns(
            settings.inputName(images.schema(), readsTexts(settings)),
            settings.getLabelCol(),
            settings.getSplitCol(),
            Labels.valueOf(settings.getLabelType().toUpperCase(Locale.ROOT)));
  }

  /** Trains, and tells where the model lies. */
  String modelFolder() {
    try {
      return train();
    } catch (RuntimeException e) {
      if (work.temporary()) {
        storages.open(work.uri()).delete("");
      }
      throw e;
    }
  }

  private String train() {
    SourceFrame frame = SourceFrame.of(images, classNames());
    String rows = fingerprint(frame);
    Preparation preparation =
        preparation(rows)
            .columns(columns)
            .testFraction(columns.split().isEmpty() ? settings.getTestFraction() : 0)
            .maxRejected(settings.getMaxRejected());
    DataIndex index = prepared(preparation, frame);
    Recipe recipe = recipe(index);
    String run = work.in("run-" + name(index.digest(), RecipeYaml.digest(recipe)));
    IncubationReport report = train(preparation.to(), recipe, run);
    if (work.temporary()) {
      keepModelAlone(preparation.to(), run, report);
    }
    return run + "/" + report.model().stage();
  }

  private Preparation preparation(String rows) {
    if (readsTexts(settings)) {
      Architecture network = Architectures.of(named());
      int length = (int) network.inputShape().get(0);
      var texts = new Texts(/* tokenizer= */ "", network.vocabulary(), length);
      return Preparation.of(FRAME, work.in("texts-" + name(rows, texts))).texts(texts);
    }
    int square = square();
    return Preparation.of(FRAME, work.in("images-" + name(rows, square)))
        .fitting(new ImageFitting(square, 0, ImageFitting.Encoding.KEEP));
  }

  private IncubationReport train(String data, Recipe recipe, String run) {
    var board = new ProgressBoard();
    SparkDeepIncubation incubation =
        SparkDeepIncubation.on(spark)
            .method(Methods.named(settings.getMethod()))
            .recipe(recipe)
            .trainingData(data)
            .runFolder(run)
            .progress(board);
    IncubationReport report =
        settings.getShowProgress() ? shown(incubation, board) : incubation.run();
    RunReport.of(spark, run).write();
    return report;
  }

  private static IncubationReport shown(SparkDeepIncubation incubation, ProgressBoard board) {
    try (var display = ProgressDisplay.onStandardError(board, () -> TerminalStyle.PLAIN)) {
      return incubation.run();
    }
  }

  private void keepModelAlone(String data, String run, IncubationReport report) {
    storages.open(data).delete("");
    Storage folder = storages.open(run);
    report.stages().stream()
        .map(StageResult::stage)
        .filter(stage -> !stage.equals(report.model().stage()))
        .forEach(folder::delete);
  }

  private DataIndex prepared(Preparation preparation, SourceFrame frame) {
    Storage target = storages.open(preparation.to());
    return target.exists(DataIndex.FILE)
        ? PreparedSet.open(target).index()
        : new PrepareJob(spark, storages).run(preparation, frame).index();
  }

  /** What images are cut to: as asked for, or as a named recipe needs it. */
  private int square() {
    if (settings.getImageSize() > 0 || settings.getRecipe().isEmpty()) {
      return settings.getImageSize();
    }
    Recipe named = named();
    return named.augmentation().resizedCrop() ? 0 : named.model().image();
  }

  private Recipe recipe(DataIndex index) {
    return settings.getRecipe().isEmpty() ? written(index) : named();
  }

  private Recipe named() {
    return named(settings);
  }

  private static Recipe named(DeepIncubationClassifier settings) {
    return Recipes.resolve(settings.getRecipe(), List.of(settings.getOverrides()));
  }

  /** Whether the recipe's network reads texts; one that is written for a budget reads images. */
  static boolean readsTexts(DeepIncubationClassifier settings) {
    return !settings.getRecipe().isEmpty() && Architectures.of(named(settings)).readsTexts();
  }

  private List<String> overrides() {
    return List.of(settings.getOverrides());
  }

  /** A recipe for the budget; a time is measured once, so the file in the work folder counts. */
  private Recipe written(DataIndex index) {
    Storage folder = storages.open(work.uri());
    String file =
        "recipe-" + name(index.digest(), settings.getBudget(), overrides().toString()) + ".yaml";
    if (folder.exists(file)) {
      return RecipeYaml.parse(folder.text(file), work.in(file), List.of());
    }
    Recipe recipe = drafted(ImageSet.of(index, FRAME));
    byte[] text = RecipeYaml.toYaml(recipe).getBytes(StandardCharsets.UTF_8);
    folder.write(file, stream -> stream.write(text));
    return recipe;
  }

  private Recipe drafted(ImageSet set) {
    Budget budget = Budget.parse(settings.getBudget());
    Base base = Base.small(overrides());
    double flops =
        budget.flops(() -> DriverSpeed.of(base, set, overrides(), budget).flopsPerSecond());
    return RecipeDraft.of(base, set, overrides(), flops).recipe();
  }

  /** Names of numbered classes, where an earlier stage of a pipeline has numbered them. */
  private Map<String, List<String>> classNames() {
    return Stream.of(images.schema().fields())
        .filter(field -> field.name().equals(columns.label()))
        .map(Fit::values)
        .filter(names -> !names.isEmpty())
        .findFirst()
        .map(names -> Map.of(columns.label(), names))
        .orElse(Map.of());
  }

  /** In Spark ML's words. */
  private static List<String> values(StructField field) {
    Metadata known = field.metadata();
    boolean named = known.contains(ATTRIBUTE) && known.getMetadata(ATTRIBUTE).contains(VALUES);
    return named ? List.of(known.getMetadata(ATTRIBUTE).getStringArray(VALUES)) : List.of();
  }

  /** What all rows hold, whatever their order, and how it is understood. */
  private String fingerprint(SourceFrame frame) {
    Column[] read =
        Stream.of(columns.content(), columns.label(), columns.split())
            .filter(name -> !name.isEmpty())
            .map(name -> ColumnPath.find(images.schema(), name).orElseThrow().column())
            .toArray(Column[]::new);
    Row sums =
        images
            .select(functions.xxhash64(read).cast("decimal(20,0)").as("hash"))
            .agg(functions.count(functions.lit(1)), functions.sum("hash"))
            .head();
    Object[] options = {
      sums.getLong(0),
      String.valueOf(sums.get(1)),
      columns,
      frame.classNames(),
      settings.getTestFraction(),
      settings.getMaxRejected()
    };
    return new Gson().toJson(Arrays.asList(options));
  }

  private static String name(Object... parts) {
    byte[] text = Arrays.toString(parts).getBytes(StandardCharsets.UTF_8);
    return Sha256.of(text).substring(0, NAME_LENGTH);
  }
}
