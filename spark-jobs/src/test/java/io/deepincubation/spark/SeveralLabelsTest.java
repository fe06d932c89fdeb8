package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.comparison.Studies;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.comparison.SparkComparison;
import io.deepincubation.spark.predict.ClassScorer;
import io.deepincubation.spark.predict.Inference;
import io.deepincubation.spark.predict.InputColumn;
import io.deepincubation.spark.predict.PredictionColumns;
import io.deepincubation.spark.predict.Scoring;
import io.deepincubation.spark.prepare.Preparation;
import io.deepincubation.spark.prepare.PrepareJob;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** From a table whose labels are arrays of names to predictions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralLabelsTest {

  private static final int SIDE = 16;
  private static final List<String> COLOURS = List.of("blue", "green", "red");

  private Path folder;
  private SparkSession spark;
  private SparkDeepIncubation incubation;
  private Dataset<Row> table;

  @BeforeAll
  void train(@TempDir Path shared) throws IOException {
    folder = shared;
    spark = TinyRuns.spark(folder.resolve("cache"), "org.apache.spark.serializer.JavaSerializer");
    table = spark.createDataFrame(rows(), SCHEMA);
    table.write().parquet(folder.resolve("table").toString());
    var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
    new PrepareJob(spark, storages)
        .run(
            Preparation.of(folder.resolve("table").toString(), folder.resolve("data").toString())
                .testFraction(0.2)
                .validationFraction(0.2));
    incubation =
        SparkDeepIncubation.on(spark)
            .recipe(
                TinyRuns.recipe(
                    "loss.class-weights=balanced",
                    "augmentation.color-jitter=0",
                    "augmentation.rand-augment=0",
                    "augmentation.mixup=0",
                    "augmentation.cutmix=0",
                    "augmentation.random-erasing=0",
                    "augmentation.repeats=1",
                    "fine-tuning.epochs=4",
                    "fine-tuning.best.metric=map"))
            .trainingData(folder.resolve("data").toString())
            .runFolder(folder.resolve("run").toString());
    incubation.run();
  }

  @AfterAll
  void stop() {
    spark.stop();
  }

  private static final StructType SCHEMA =
      new StructType()
          .add("image", DataTypes.BinaryType)
          .add("label", DataTypes.createArrayType(DataTypes.StringType));

  /** Images with a bright band of each colour that they have. */
  private static List<Row> rows() throws IOException {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 200; i++) {
      var random = RandomStream.of(11, i);
      var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      var labels = new ArrayList<String>();
      int mask = 0;
      for (int colour = 0; colour < COLOURS.size(); colour++) {
        if (random.nextDouble() < 0.4) {
          labels.add(COLOURS.get(colour));
          mask |= 0xC0 << (8 * colour);
        }
      }
      for (int p = 0; p < SIDE * SIDE; p++) {
        image.setRGB(p % SIDE, p / SIDE, mask | random.nextInt(0x3F) * 0x010101);
      }
      var file = new ByteArrayOutputStream();
      ImageIO.write(image, "png", file);
      rows.add(RowFactory.create(file.toByteArray(), labels.toArray(String[]::new)));
    }
    return rows;
  }

  @Test
  void areTrainedMeasuredAndChosenByTheirOwnMeasures() {
    var index = PreparedSet.open(new LocalStorage(folder.resolve("data"))).index();
    assertThat(index.classNames()).isEqualTo(COLOURS);

    Evaluation onTest = incubation.evaluate("final");
    Evaluation onValidation = incubation.evaluate("final", "val");
    StageResult result =
        RunReport.of(spark, folder.resolve("run").toString()).results().stream()
            .filter(stage -> stage.stage().equals("final"))
            .findFirst()
            .orElseThrow();

    assertThat(onTest.accuracy()).as("mean average precision").isGreaterThan(0.8);
    assertThat(onTest.metrics()).isEqualTo(result.metrics());
    assertThat(onTest.classes()).isEqualTo(result.classes());
    assertThat(onValidation.metrics()).isEqualTo(result.validation());
    assertThat(onValidation.images()).isEqualTo(index.count("val"));
    assertThat(Objects.requireNonNull(result.choice()).value())
        .isEqualTo(onValidation.metrics().value(Metrics.MAP));
    assertThat(onTest.metrics().values())
        .containsOnlyKeys("map", "f1-macro", "f1-micro", "log-loss", "ece");
  }

  @Test
  void arePredictedInAColumnOfTheirOwn() {
    Scoring model = Scoring.open(spark, folder.resolve("run/final").toString());
    Row scored =
        model
            .score(
                table,
                InputColumn.of(table.schema(), "image", /* texts= */ false),
                new ClassScorer(new PredictionColumns("predicted_", 1, model.hasSeveralLabels())),
                new Inference.Terms(8, Precision.FP32))
            .filter("size(label) = 2")
            .first();

    List<Float> probabilities = scored.getList(scored.fieldIndex("predicted_probability"));
    List<String> labels = scored.getList(scored.fieldIndex("predicted_labels"));
    var likely = new ArrayList<String>();
    for (int i = 0; i < probabilities.size(); i++) {
      if (probabilities.get(i) >= 0.5) {
        likely.add(COLOURS.get(i));
      }
    }
    assertThat(probabilities).hasSize(3);
    assertThat(labels).isEqualTo(likely);
  }

  @Test
  void areToldInTheReport() {
    RunReport.of(spark, folder.resolve("run").toString()).write();

    assertThat(new LocalStorage(folder.resolve("run")).text("report.html"))
        .contains(
            "<th class=\"number\">mAP</th>", "macro F1", "mAP on val", ": mAP %", "<td>green</td>")
        .doesNotContain("Top-1");
  }

  @Test
  void areNotComparedImageByImage() {
    var comparison = SparkComparison.on(spark);

    assertThatThrownBy(
            () ->
                comparison.plan(
                    Studies.named(Studies.names().get(0)),
                    TinyRuns.recipe(),
                    folder.resolve("data").toString(),
                    null))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected images of one class each, got images of any number");
  }
}
