package io.deepincubation.spark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.spark.DenseModels;
import io.deepincubation.spark.TinyRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb predict with models of dense tasks. */
class DensePredictTest extends CommandLineFixture {

  private static final int IMAGES = 5;

  @TempDir private static Path shared;

  @BeforeAll
  static void draw() throws IOException {
    DenseModels.segmentation(shared.resolve("model"));
    DenseModels.detection(shared.resolve("detector"));
    Path photos = Files.createDirectories(shared.resolve("photos"));
    for (int i = 0; i < IMAGES; i++) {
      Files.write(photos.resolve(i + ".png"), DenseModels.png(i));
    }
    Files.write(photos.resolve("empty.png"), new byte[0]);
  }

  private int predict(String to, String... more) {
    return predictBy("model", to, more);
  }

  private int predictBy(String model, String to, String... more) {
    var words =
        new ArrayList<>(
            List.of(
                "predict",
                "--json",
                "--from",
                shared.resolve("photos").toString(),
                "--to",
                folder.resolve(to).toString(),
                "--model",
                shared.resolve(model).toString()));
    words.addAll(List.of(more));
    return cli(words.toArray(String[]::new));
  }

  private List<Row> read(SparkSession spark, String folderName) {
    return spark
        .read()
        .parquet(folder.resolve(folderName).toString())
        .orderBy("path")
        .collectAsList();
  }

  @Test
  void writesTheClassesOfPixels() throws IOException {
    assertThat(predict("once")).isZero();
    assertThat(lastLine().get("rows").getAsLong()).isEqualTo(IMAGES + 1);
    assertThat(lastLine().get("rejected").getAsLong()).isOne();
    assertThat(predict("once")).isZero();
    assertThat(lastLine().get("status").getAsString()).isEqualTo("already-done");
    assertThat(predict("often", "--multi-scale", "--prefix", "p_")).isZero();
    assertThat(predict("areas", "--mask-form", "rle")).isZero();
    assertThat(predictBy("detector", "objects")).isZero();
    assertThat(lastLine().get("rejected").getAsLong()).isOne();

    try (SparkSession spark =
        TinyRuns.spark(folder.resolve("cache"), "org.apache.spark.serializer.JavaSerializer")) {
      List<Row> once = read(spark, "once");
      List<Row> often = read(spark, "often");
      assertThat(once.get(0).schema().fieldNames())
          .containsExactly("path", "modificationTime", "length", "mask", "reason");
      LabelMap first = LabelMap.ofPng(once.get(0).getAs("mask"));
      assertThat(LabelMap.ofPng(often.get(0).getAs("p_mask")).values())
          .hasSameSizeAs(first.values())
          .isNotEqualTo(first.values());
      assertThat(read(spark, "objects").get(0).schema().fieldNames())
          .containsExactly("path", "modificationTime", "length", "objects", "reason");
      Row areas = read(spark, "areas").get(0);
      assertThat(areas.getList(areas.fieldIndex("mask"))).hasSize(first.regions().size());
    }
  }

  @Test
  void refusesWhatMeansNothingToTheModel() {
    assertThat(predict("none", "--top-k", "3")).isEqualTo(2);
    complains("Cannot predict with --top-k: expected a model that takes it", "one of segmentation");
    err.getBuffer().setLength(0);
    assertThat(predict("none", "--batch", "3")).isEqualTo(2);
    complains("Cannot predict with --batch");
    err.getBuffer().setLength(0);
    assertThat(predictBy("detector", "none", "--multi-scale")).isEqualTo(2);
    complains("Cannot predict with --multi-scale", "one of detection");
  }
}
