package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.spark.SparkDeepIncubation;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb predict on sources as people have them. */
class PredictTest extends CommandLineFixture {

  @TempDir private static Path trained;

  @BeforeAll
  static void train() {
    TinyRuns.draw(trained.resolve("data"));
    try (SparkSession spark = session()) {
      SparkDeepIncubation.on(spark)
          .recipe(TinyRuns.recipe("meta.epochs=1", "incubation.epochs=1"))
          .trainingData(trained.resolve("data").toString())
          .runFolder(trained.resolve("run").toString())
          .run();
      writeTables(spark);
    }
  }

  private static SparkSession session() {
    return TinyRuns.spark(trained.resolve("cache"), "org.apache.spark.serializer.JavaSerializer");
  }

  /** A table like those of the Hub with columns of any kind, and one of paths. */
  private static void writeTables(SparkSession spark) {
    StructType image = new StructType().add("bytes", "binary").add("path", "string");
    StructType camera = new StructType().add("camera", "string").add("id", "int");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rows.add(
          RowFactory.create(
              RowFactory.create(png(i), i + ".png"),
              (long) i,
              RowFactory.create("Nikon", i),
              new byte[] {1}));
    }
    spark
        .createDataFrame(
            rows,
            new StructType()
                .add("image", image)
                .add("label", "bigint")
                .add("meta", camera)
                .add("sig", "binary"))
        .write()
        .parquet(trained.resolve("hub").toString());
    spark
        .createDataFrame(
            List.of(RowFactory.create("/photos/ant/.."), RowFactory.create("a\0b.png")),
            new StructType().add("path", "string"))
        .write()
        .parquet(trained.resolve("paths").toString());
  }

  private int predict(String from, String... more) {
    return predictTo(folder.resolve("predictions [1]").toString(), from, more);
  }

  private int predictTo(String to, String from, String... more) {
    var words =
        new ArrayList<>(
            List.of(
                "predict",
                "--json",
                "--from",
                from,
                "--to",
                to,
                "--model",
                trained + "/run/final"));
    words.addAll(List.of(more));
    return cli(words.toArray(String[]::new));
  }

  private Dataset<Row> predictions(SparkSession spark) {
    return spark.read().parquet(folder.resolve("predictions \\[1\\]").toString());
  }

  @Test
  void keepsTheUsersColumnsAndNamesItsOwnApart() {
    assertThat(predict(trained + "/hub")).isZero();

    assertThat(lastLine().getAsJsonArray("warnings").get(0).getAsString())
        .contains(
            "these are in predicted_prediction, ..., predicted_reason; --prefix gives others");
    try (SparkSession spark = session()) {
      Dataset<Row> predictions = predictions(spark);
      assertThat(predictions.columns())
          .containsExactly(
              "image",
              "label",
              "meta",
              "sig",
              "predicted_prediction",
              "predicted_label",
              "predicted_probability",
              "predicted_topK",
              "predicted_reason");
      assertThat(predictions.select("image.*").columns()).containsExactly("path");
      assertThat(predictions.where("predicted_label is not null and meta.id = label").count())
          .isEqualTo(4);
    }
  }

  @Test
  void readsAFieldOfAStruct() {
    assertThat(predict(trained + "/hub", "--image-column", "image.bytes", "--prefix", "p_"))
        .isZero();

    assertThat(lastLine().get("rejected").getAsLong()).isZero();
  }

  @Test
  void givesReasonsForPathsThatNameNoFile() {
    assertThat(predict(trained + "/paths")).isZero();

    assertThat(lastLine().get("rejected").getAsLong()).isEqualTo(2);
  }

  @Test
  void predictsForEveryFileOfAFolder() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos {2020}/_old"));
    Files.write(photos.resolve("12:30:01.png"), png(1));
    Files.write(photos.resolve("_DSC 100%.PNG"), png(2));
    Files.createFile(photos.resolve("empty.jpg"));
    Files.createFile(photos.resolve("notes.txt"));
    Files.createSymbolicLink(photos.resolve("gone.jpg"), folder.resolve("gone"));

    assertThat(predict("file:" + folder.resolve("photos {2020}"))).isZero();

    assertThat(lastLine().get("rows").getAsLong()).isEqualTo(4);
    assertThat(lastLine().get("rejected").getAsLong()).isEqualTo(2);
    assertThat(lastLine().getAsJsonObject("leftOut").get(".txt").getAsLong()).isOne();
    try (SparkSession spark = session()) {
      assertThat(predictions(spark).where("reason is not null").orderBy("path").collectAsList())
          .extracting(row -> row.<String>getAs("reason"))
          .satisfiesExactly(
              reason -> assertThat(reason).startsWith("expected a PNG or JPEG file, got 0"),
              reason -> assertThat(reason).contains("gone.jpg: there is no such file"));
    }
  }

  @Test
  void refusesWhatCannotBeRead() throws IOException {
    Path corrupt = Files.createDirectories(folder.resolve("corrupt"));
    Files.write(corrupt.resolve("part-0.parquet"), new byte[100]);
    Path empty = Files.createDirectories(folder.resolve("empty"));

    assertThat(predict(corrupt.toString())).isEqualTo(3);
    complains("Cannot write predictions to", "part-0.parquet is not a Parquet file");
    err.getBuffer().setLength(0);
    assertThat(predict(empty.toString())).isEqualTo(3);
    complains("expected .jpg, .jpeg or .png files below it, got no files");
    err.getBuffer().setLength(0);
    assertThat(predict("http://host/photos")).isEqualTo(2);
    complains("got a web address; download it first");
  }

  @Test
  void writesNeitherIntoItsSourceNorAmongOthersFolders() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos/ant"));
    Files.write(photos.resolve("1.png"), png(1));
    Files.createDirectories(folder.resolve("others/inner"));

    assertThat(predictTo(photos.resolve("to").toString(), folder.resolve("photos").toString()))
        .isEqualTo(2);
    complains("expected a folder apart from the source", "choose another --to");
    err.getBuffer().setLength(0);
    assertThat(predictTo(folder.resolve("others").toString(), folder.resolve("photos").toString()))
        .isEqualTo(2);
    complains("expected an empty folder");
  }

  private static byte[] png(int number) {
    int[] rgb = RandomStream.of(number).ints(16 * 16, 0, 1 << 24).toArray();
    return ImageFiles.png(Pixels.ofRgb(rgb, 16, 16));
  }
}
