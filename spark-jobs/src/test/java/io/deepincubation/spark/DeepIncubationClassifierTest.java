package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.random.RandomStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeepIncubationClassifierTest {
  private static final List<String> COLOURS = List.of("red", "green", "blue");
  private static final int SIDE = 16;
  private static final int IMAGES = 48;
  private static final String[] SHORT = {"meta.epochs=2", "incubation.epochs=1"};

  @TempDir private static Path folder;

  private static SparkSession spark;
  private static Dataset<Row> images;

  @BeforeAll
  static void draw() throws IOException {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("test")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.deepincubation.cache.directory", folder.resolve("cache").toString())
            .config("spark.deepincubation.driver.threads", "1")
            .getOrCreate();
    Files.writeString(folder.resolve("tiny.yaml"), TinyRuns.RECIPE);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(RowFactory.create(i, png(i), COLOURS.get(i % COLOURS.size())));
    }
    images =
        spark.createDataFrame(
            rows,
            new StructType()
                .add("id", DataTypes.IntegerType)
                .add("image", DataTypes.BinaryType)
                .add("label", DataTypes.StringType));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** A colour with noise. */
  private static byte[] png(int number) {
    int shift = 16 - 8 * (number % COLOURS.size());
    int[] rgb =
        RandomStream.of(number)
            .ints(SIDE * SIDE, 0, 1 << 24)
            .map(noise -> (noise & 0x3F3F3F) | 0xC0 << shift)
            .toArray();
    return ImageFiles.png(Pixels.ofRgb(rgb, SIDE, SIDE));
  }

  private static DeepIncubationClassifier tiny() {
    return new DeepIncubationClassifier()
        .setRecipe(folder.resolve("tiny.yaml").toString())
        .setOverrides(SHORT);
  }

  private static List<Row> scores(Dataset<Row> scored) {
    return scored
        .orderBy("id")
        .select("prediction", "probability", "predictedLabel")
        .collectAsList();
  }

  @Test
  void textsAreClassesAndAnotherFitTakesWhatWasTrained() throws IOException {
    String work = folder.resolve("work").toString();

    IncubatedModel first = tiny().setWorkFolder(work).setTestFraction(0.25).fit(images);
    Path weights = weights(first);
    FileTime written = Files.getLastModifiedTime(weights);
    Dataset<Row> shuffled = images.repartition(3).orderBy(images.col("label").desc());
    IncubatedModel second = tiny().setWorkFolder(work).setTestFraction(0.25).fit(shuffled);
    IncubatedModel other = tiny().setWorkFolder(work).fit(images);

    assertThat(first.labels()).containsExactly("blue", "green", "red");
    assertThat(second.getModelFolder()).isEqualTo(first.getModelFolder());
    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(written);
    assertThat(other.getModelFolder()).isNotEqualTo(first.getModelFolder());
    assertThat(first.parent()).isNotNull();
    Dataset<Row> scored = first.transform(images.drop("label"));
    for (Row row : scored.collectAsList()) {
      int best = (int) row.<Double>getAs("prediction").doubleValue();
      assertThat(row.<String>getAs("predictedLabel")).isEqualTo(first.labels()[best]);
      assertThat(row.<Vector>getAs("rawPrediction").argmax()).isEqualTo(best);
    }
    assertThat(Path.of(work).toFile().list()).as("images and runs of two kinds").hasSize(4);
  }

  private static Path weights(IncubatedModel model) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(model.getModelFolder()))) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void pipelinesSaveLoadAndGiveTheSame() throws IOException {
    var pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("label").setOutputCol("index"),
                  tiny().setLabelCol("index"),
                  new IndexToString().setInputCol("prediction").setOutputCol("name")
                });
    String saved = folder.resolve("pipeline").toString();
    pipeline.write().overwrite().save(saved);

    PipelineModel model = Pipeline.load(saved).fit(images);
    model.write().overwrite().save(saved + "-model");
    deleteAll(Path.of(((IncubatedModel) model.stages()[1]).getModelFolder().replace("file:", "")));
    PipelineModel loaded = PipelineModel.load(saved + "-model");

    Dataset<Row> scored = loaded.transform(images);
    assertThat(((IncubatedModel) loaded.stages()[1]).labels())
        .containsExactlyInAnyOrderElementsOf(COLOURS);
    assertThat(scored.where("name != predictedLabel").count()).isZero();
    assertThat(scores(PipelineModel.load(saved + "-model").transform(images)))
        .isEqualTo(scores(scored));
    double accuracy =
        new MulticlassClassificationEvaluator()
            .setLabelCol("index")
            .setMetricName("accuracy")
            .evaluate(scored);
    assertThat(accuracy)
        .isEqualTo(scored.where("label = predictedLabel").count() / (double) IMAGES)
        .isGreaterThan(0.3);
  }

  private static void deleteAll(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void validatorsChooseAmongValues() {
    Dataset<Row> indexed =
        new StringIndexer()
            .setInputCol("label")
            .setOutputCol("index")
            .fit(images)
            .transform(images);
    DeepIncubationClassifier classifier =
        tiny().setLabelCol("index").setWorkFolder(folder.resolve("validated").toString());
    String[] none = {"meta.epochs=1", "incubation.epochs=1", "optimizer.rate=0.0000001"};
    String[] enough = {
      "batch.size=8",
      "meta.epochs=20",
      "incubation.start=grown",
      "incubation.epochs=1",
      "fine-tuning.epochs=10",
      "fine-tuning.stochastic-depth=0",
      "optimizer.rate=0.005"
    };
    ParamMap[] grid = {
      new ParamMap().put(classifier.overrides(), none),
      new ParamMap().put(classifier.overrides(), enough)
    };
    var evaluator = new MulticlassClassificationEvaluator().setLabelCol("index");

    CrossValidatorModel crossed =
        new CrossValidator()
            .setEstimator(classifier)
            .setEstimatorParamMaps(grid)
            .setEvaluator(evaluator)
            .setNumFolds(2)
            .setSeed(1)
            .fit(indexed);
    TrainValidationSplitModel split =
        new TrainValidationSplit()
            .setEstimator(classifier)
            .setEstimatorParamMaps(new ParamMap[] {grid[1]})
            .setEvaluator(evaluator)
            .setSeed(1)
            .fit(indexed);

    assertThat(crossed.avgMetrics()[1]).isGreaterThan(crossed.avgMetrics()[0]);
    assertThat(split.validationMetrics()[0]).isGreaterThan(crossed.avgMetrics()[0]);
    assertThat(crossed.transform(indexed).count()).isEqualTo(IMAGES);
  }

  @Test
  void temporaryFoldersKeepTheModelAlone() {
    IncubatedModel model = tiny().setShowProgress(true).fit(images);

    Path last = Path.of(model.getModelFolder().replace("file:", ""));
    assertThat(last.resolve("config.json")).exists();
    assertThat(last.resolve("../meta")).doesNotExist();
    assertThat(last.resolve("../..")).isDirectoryNotContaining("glob:**/images-*");
  }

  @Test
  void writesARecipeForABudget() {
    String work = folder.resolve("budget").toString();

    IncubatedModel model =
        new DeepIncubationClassifier()
            .setBudget("1GFLOP")
            .setOverrides(
                "model.depth=4",
                "model.width=16",
                "model.heads=2",
                "meta.epochs=2",
                "meta.warm-up-epochs=0",
                "incubation.epochs=1",
                "incubation.warm-up-epochs=0",
                "fine-tuning.epochs=1")
            .setWorkFolder(work)
            .fit(images);

    assertThat(Path.of(work)).isDirectoryContaining("glob:**/recipe-*.yaml");
    assertThat(model.transform(images).where("reason is not null").count()).isZero();
  }

  @Test
  void paramsAreExplainedCopiedAndSaved() throws IOException {
    DeepIncubationClassifier first =
        tiny().setImageSize(16).setMaxRejected(0.5).setShowProgress(false).setSplitCol("split");
    String saved = folder.resolve("estimator").toString();
    first.write().overwrite().save(saved);

    DeepIncubationClassifier second = DeepIncubationClassifier.load(saved);
    DeepIncubationClassifier third = first.copy(new ParamMap().put(first.budget().w("2h")));

    assertThat(second.explainParams())
        .contains("overrides: keys of the recipe", "side of the middle square")
        .contains("(default: 0, current: 16)", "(default: 0.001, current: 0.5)", "default: 0.1");
    assertThat(second.getSplitCol()).isEqualTo("split");
    assertThat(second.getOverrides()).containsExactly(SHORT);
    assertThat(third.getBudget()).isEqualTo("2h");
    assertThat(third.getImageSize()).isEqualTo(16);
    assertThat(first.getBudget()).isEqualTo("10min");
  }

  /** As the server of Spark Connect does it before anything of ML. */
  @Test
  void sparkConnectFindsBothStages() {
    assertThat(
            ServiceLoader.load(Estimator.class).stream()
                .filter(DeepIncubationClassifierTest::isOurs))
        .extracting(ServiceLoader.Provider::get)
        .hasOnlyElementsOfType(DeepIncubationClassifier.class)
        .isNotEmpty();
    assertThat(
            ServiceLoader.load(Transformer.class).stream()
                .filter(DeepIncubationClassifierTest::isOurs))
        .extracting(ServiceLoader.Provider::get)
        .hasOnlyElementsOfType(IncubatedModel.class)
        .isNotEmpty();
  }

  private static boolean isOurs(ServiceLoader.Provider<?> stage) {
    return stage.type().getName().startsWith("io.deepincubation.");
  }

  @Test
  void saysWhatDoesNotFit() {
    assertThatThrownBy(() -> tiny().setLabelCol("kind").fit(images))
        .hasMessage(
            "Cannot train: expected a column kind, got [id, image, label]; name others with"
                + " setLabelCol and setSplitCol");
    assertThatThrownBy(() -> tiny().setImageCol("id").fit(images))
        .hasMessageContaining("expected column id of binary, string or image type, got int");
    assertThatThrownBy(() -> tiny().setMethod("magic"))
        .hasMessageContaining("method given invalid value magic");
    assertThatThrownBy(() -> tiny().setBudget("soon").setRecipe("").fit(images))
        .hasMessageContaining("Cannot use budget soon");
    assertThatThrownBy(() -> new IncubatedModel("none").transform(images))
        .hasMessageContaining("expected a model's folder, got none");
  }
}
