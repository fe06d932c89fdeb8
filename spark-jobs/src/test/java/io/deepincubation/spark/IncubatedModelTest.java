package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.inference.ModelExport;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.ml.StageReader;
import io.deepincubation.spark.ml.StageWriter;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncubatedModelTest {

  private static final String KRYO = "org.apache.spark.serializer.KryoSerializer";
  private static final StructType IMAGE =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("height", DataTypes.IntegerType)
          .add("width", DataTypes.IntegerType)
          .add("nChannels", DataTypes.IntegerType)
          .add("mode", DataTypes.IntegerType)
          .add("data", DataTypes.BinaryType);

  @TempDir private static Path folder;

  private static SparkSession spark;
  private static String model = "";

  @BeforeAll
  static void train() {
    TinyRuns.draw(folder.resolve("data"));
    spark = TinyRuns.spark(folder.resolve("cache"), KRYO);
    SparkDeepIncubation.on(spark)
        .recipe(TinyRuns.recipe("meta.epochs=1", "incubation.epochs=1"))
        .trainingData(folder.resolve("data").toUri().toString())
        .runFolder(folder.resolve("run").toUri().toString())
        .run();
    model = folder.resolve("run/final").toUri().toString();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static int[] drawn(int number) {
    return RandomStream.of(number).ints(16 * 16, 0, 1 << 24).toArray();
  }

  private static byte[] png(int number) {
    return ImageFiles.png(Pixels.ofRgb(drawn(number), 16, 16));
  }

  private static Row struct(int number) {
    int[] rgb = drawn(number);
    var data = new byte[3 * rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      data[3 * i] = (byte) rgb[i];
      data[3 * i + 1] = (byte) (rgb[i] >> 8);
      data[3 * i + 2] = (byte) (rgb[i] >> 16);
    }
    return RowFactory.create("", 16, 16, 3, 16, data);
  }

  private static Dataset<Row> frame(
      String column,
      org.apache.spark.sql.types.DataType type,
      List<? extends @Nullable Object> images) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < images.size(); i++) {
      rows.add(RowFactory.create(i, images.get(i)));
    }
    return spark.createDataFrame(
        rows, new StructType().add("id", DataTypes.IntegerType).add(column, type));
  }

  private static List<Row> scores(Dataset<Row> scored) {
    return scored
        .select("prediction", "probability", "predictedLabel", "reason")
        .orderBy("id")
        .collectAsList();
  }

  @Test
  void classifiesFilesPixelsAndPathsAlike() throws IOException {
    var paths = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      paths.add(Files.write(folder.resolve("image " + i + ".png"), png(i)).toString());
    }
    IncubatedModel loaded = IncubatedModel.load(spark, model).setBatchSize(2);

    List<Row> files =
        scores(
            loaded.transform(
                frame(
                    "content",
                    DataTypes.BinaryType,
                    List.of(png(0), png(1), png(2), png(3), png(4)))));
    List<Row> pixels =
        scores(
            loaded.transform(
                frame(
                    "image",
                    IMAGE,
                    List.of(struct(0), struct(1), struct(2), struct(3), struct(4)))));
    List<Row> named = scores(loaded.transform(frame("path", DataTypes.StringType, paths)));

    assertThat(files).hasSize(5).isEqualTo(pixels).isEqualTo(named);
    for (Row row : files) {
      double[] probability = row.<Vector>getAs(1).toArray();
      assertThat(probability).hasSize(loaded.numClasses());
      assertThat(DoubleStream.of(probability).sum()).isBetween(0.999, 1.001);
      int best = (int) row.getDouble(0);
      assertThat(probability[best]).isEqualTo(DoubleStream.of(probability).max().orElseThrow());
      assertThat(row.getString(2)).isEqualTo(loaded.labels()[best]);
      assertThat(row.isNullAt(3)).isTrue();
    }
  }

  @Test
  void computesInThePrecisionThatIsAskedFor() {
    Dataset<Row> images =
        frame("content", DataTypes.BinaryType, List.of(png(0), png(1), png(2), png(3)));
    IncubatedModel loaded = IncubatedModel.load(spark, model);

    List<Row> fp32 = scores(loaded.setPrecision("fp32").transform(images));
    List<Row> bf16 = scores(loaded.setPrecision("bf16").transform(images));

    assertThat(scores(IncubatedModel.load(spark, model).transform(images))).isEqualTo(fp32);
    assertThat(bf16).isNotEqualTo(fp32);
    for (int i = 0; i < fp32.size(); i++) {
      double[] exact = fp32.get(i).<Vector>getAs(1).toArray();
      assertThat(bf16.get(i).<Vector>getAs(1).toArray()).containsExactly(exact, within(0.02));
    }
  }

  @Test
  void saysWhyAnImageHasNoPrediction() {
    byte[] cut = Arrays.copyOf(png(1), 200);
    var images = Arrays.asList(null, cut, new byte[] {1, 2, 3}, png(2));

    List<Row> rows =
        IncubatedModel.load(spark, model)
            .transform(frame("content", DataTypes.BinaryType, images))
            .orderBy("id")
            .select("prediction", "predictedLabel", "reason")
            .collectAsList();

    assertThat(rows.get(0).getString(2)).isEqualTo("expected an image, got none");
    assertThat(rows.get(1).getString(2)).startsWith("expected a whole image, got a damaged one: ");
    assertThat(rows.get(2).getString(2)).startsWith("expected a PNG or JPEG file, got 3");
    assertThat(rows.subList(0, 3)).allMatch(row -> row.isNullAt(0) && row.isNullAt(1));
    assertThat(rows.get(3).isNullAt(0)).isFalse();
  }

  @Test
  void saysThatANetworksOutputsAreNoNumbers() throws IOException {
    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    new ModelExport(ModelFolder.open(LocalStorage.of(Path.of(URI.create(model)).toString())))
        .timm(LocalStorage.of(damaged.toString()), Long.MAX_VALUE);
    Path file = damaged.resolve("model.safetensors");
    byte[] weights = Files.readAllBytes(file);
    Arrays.fill(weights, weights.length - 4, weights.length, (byte) 0xFF);
    Files.write(file, weights);

    List<Row> rows =
        scores(
            IncubatedModel.load(spark, damaged.toUri().toString())
                .transform(frame("content", DataTypes.BinaryType, List.of(png(0), png(1)))));

    assertThat(rows)
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(row.isNullAt(0) && row.isNullAt(1) && row.isNullAt(2)).isTrue();
              assertThat(row.getString(3))
                  .startsWith("expected finite outputs of the network, got NaN");
            });
  }

  @Test
  void refusesAnImageOfTooManyPixelsByItsHeader() {
    byte[] huge = png(0);
    ByteBuffer.wrap(huge).putInt(16, 20_000).putInt(20, 20_000);

    List<Row> rows =
        scores(
            IncubatedModel.load(spark, model)
                .transform(frame("content", DataTypes.BinaryType, List.of(huge))));

    assertThat(rows.get(0).getString(3))
        .isEqualTo("expected at most 178956970 pixels, got 400000000");
  }

  @Test
  void givesReasonsForMissingFilesAndUnreadStructs() {
    IncubatedModel loaded = IncubatedModel.load(spark, model);
    List<String> nowhere = List.of(folder.resolve("nowhere.png").toString(), "");
    List<Row> unread = List.of(RowFactory.create("", -1, -1, -1, -1, new byte[0]));

    assertThat(scores(loaded.transform(frame("path", DataTypes.StringType, nowhere))))
        .allMatch(row -> row.isNullAt(0) && row.getString(3).length() > 5);
    assertThat(scores(loaded.transform(frame("image", IMAGE, unread))))
        .allMatch(row -> row.isNullAt(0) && row.getString(3).startsWith("expected pixels"));
  }

  @Test
  void keepsColumnsAndTakesOtherNames() {
    Dataset<Row> images = frame("reason", DataTypes.BinaryType, List.of(png(1)));
    IncubatedModel loaded = IncubatedModel.load(spark, model).setImageCol("reason");

    assertThatThrownBy(() -> loaded.transform(images))
        .hasMessageContaining("Cannot add column reason: expected a free name");
    assertThat(loaded.setReasonCol("why").setProbabilityCol("").transform(images).columns())
        .containsExactly("id", "reason", "rawPrediction", "prediction", "predictedLabel", "why");
  }

  @Test
  void leavesOutOrFailsForWhatCannotBeRead() {
    Dataset<Row> images =
        frame("content", DataTypes.BinaryType, Arrays.asList(null, png(1), new byte[] {1}));
    IncubatedModel loaded = IncubatedModel.load(spark, model).setBatchSize(1);

    assertThat(loaded.setHandleInvalid("skip").transform(images).select("id").collectAsList())
        .containsExactly(RowFactory.create(1));
    assertThatThrownBy(() -> loaded.setHandleInvalid("error").transform(images).collectAsList())
        .hasStackTraceContaining("Cannot score an image: expected a")
        .hasStackTraceContaining("set handleInvalid to keep or skip");
    assertThatThrownBy(() -> loaded.setHandleInvalid("drop"))
        .hasMessageContaining("handleInvalid given invalid value drop");
  }

  @Test
  void metadataNameTheClasses() {
    Metadata known = new MetadataBuilder().putString("comment", "a number").build();
    Dataset<Row> images =
        frame("content", DataTypes.BinaryType, List.of(png(0))).withMetadata("id", known);
    IncubatedModel loaded = IncubatedModel.load(spark, model);

    StructType schema = loaded.transform(images).schema();

    assertThat(schema.apply("id").metadata()).isEqualTo(known);
    Metadata prediction = schema.apply("prediction").metadata();
    assertThat(prediction.getMetadata("ml_attr").getStringArray("vals")).isEqualTo(loaded.labels());
    assertThat(prediction.getMetadata("deepIncubation").getString("modelFolder")).isEqualTo(model);
  }

  @Test
  void savedModelsStandAlone() throws IOException {
    Dataset<Row> images = frame("content", DataTypes.BinaryType, List.of(png(0), png(1)));
    Path copied = folder.resolve("to be moved");
    new ModelExport(ModelFolder.open(LocalStorage.of(Path.of(URI.create(model)).toString())))
        .timm(LocalStorage.of(copied.toString()), Long.MAX_VALUE);
    IncubatedModel first = IncubatedModel.load(spark, copied.toString());
    String saved = folder.resolve("saved").toString();
    first.setPredictionCol("guess").write().overwrite().save(saved);
    String digest = first.digest();
    Files.move(copied, folder.resolve("moved"));

    IncubatedModel second = IncubatedModel.load(spark, saved);

    assertThat(second.uid()).isEqualTo(first.uid());
    assertThat(second.getPredictionCol()).isEqualTo("guess");
    assertThat(second.digest()).isEqualTo(digest);
    assertThat(second.transform(images).count()).isEqualTo(2);
    assertThatThrownBy(() -> second.write().overwrite().save(saved))
        .hasMessageContaining("expected a folder apart from the source");
    assertThatThrownBy(() -> DeepIncubationClassifier.load(saved))
        .hasMessageContaining("expected a saved DeepIncubationClassifier, got {");
  }

  @Test
  void modelsLeaveMemoryAsSparkConnectWantsIt() {
    IncubatedModel loaded = IncubatedModel.load(spark, model).setBatchSize(3);
    String cache = folder.resolve("connect cache").toString();

    ((StageWriter) loaded.write()).saveToLocal(cache);
    IncubatedModel again =
        ((StageReader<IncubatedModel>) IncubatedModel.read()).loadFromLocal(cache);

    assertThat(again.getBatchSize()).isEqualTo(3);
    assertThat(again.getModelFolder()).isEqualTo(model);
    assertThat(Path.of(cache, "config.json")).doesNotExist();
  }

  @Test
  void namesTheFolderOfARunsModel() {
    assertThatThrownBy(() -> IncubatedModel.load(spark, folder.resolve("run").toUri().toString()))
        .hasMessageContaining("expected config.json, got no such file; the run's model is")
        .hasMessageEndingWith("/final");
  }
}
