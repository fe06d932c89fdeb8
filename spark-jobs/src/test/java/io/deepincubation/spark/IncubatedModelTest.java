package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.inference.ModelExport;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.predict.PredictionColumns;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
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
        .select("prediction", "probability", "topK", "reason")
        .orderBy("id")
        .collectAsList();
  }

  @Test
  void classifiesFilesPixelsAndPathsAlike() throws IOException {
    var paths = new ArrayList<String>();
    for (int i = 0; i < 5; i++) {
      paths.add(Files.write(folder.resolve("image " + i + ".png"), png(i)).toString());
    }
    IncubatedModel loaded = IncubatedModel.load(spark, model).batchSize(2).topK(2);

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
      List<Float> probability = row.getList(1);
      assertThat(probability).hasSize(loaded.classNames().size());
      assertThat(probability.stream().mapToDouble(Float::doubleValue).sum())
          .isBetween(0.999, 1.001);
      List<Row> likeliest = row.getList(2);
      assertThat(likeliest).hasSize(2);
      assertThat(likeliest.get(0).getInt(1)).isEqualTo(row.getInt(0));
      assertThat(likeliest.get(0).getFloat(2)).isEqualTo(probability.get(row.getInt(0)));
      assertThat(row.isNullAt(3)).isTrue();
    }
  }

  @Test
  void computesInThePrecisionThatIsAskedFor() {
    Dataset<Row> images =
        frame("content", DataTypes.BinaryType, List.of(png(0), png(1), png(2), png(3)));
    IncubatedModel loaded = IncubatedModel.load(spark, model);

    List<Row> fp32 = scores(loaded.precision(Precision.FP32).transform(images));
    List<Row> bf16 = scores(loaded.precision(Precision.BF16).transform(images));

    assertThat(scores(loaded.transform(images))).isEqualTo(fp32);
    assertThat(bf16).isNotEqualTo(fp32);
    for (int i = 0; i < fp32.size(); i++) {
      List<Float> exact = fp32.get(i).getList(1);
      List<Float> rounded = bf16.get(i).getList(1);
      for (int label = 0; label < exact.size(); label++) {
        assertThat(rounded.get(label)).isCloseTo(exact.get(label), within(0.02f));
      }
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
            .select("prediction", "label", "reason")
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
    Dataset<Row> images = frame("label", DataTypes.BinaryType, List.of(png(1)));
    IncubatedModel loaded = IncubatedModel.load(spark, model).inputColumn("label");

    assertThatThrownBy(() -> loaded.transform(images))
        .hasMessageContaining("Cannot add column label: expected a free name");
    assertThat(loaded.outputColumns(PredictionColumns.prefixed("p_")).transform(images).columns())
        .containsExactly(
            "id", "label", "p_prediction", "p_label", "p_probability", "p_topK", "p_reason");
  }

  @Test
  void namesTheFolderOfARunsModel() {
    assertThatThrownBy(() -> IncubatedModel.load(spark, folder.resolve("run").toUri().toString()))
        .hasMessageContaining("expected config.json, got no such file; the run's model is")
        .hasMessageEndingWith("/final");
  }
}
