package io.deepincubation.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.storage.LocalStorage;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of a real Iceberg catalog, of Delta and of ORC, and folders as large as a small lake. */
class LakeTablesTest {

  @TempDir private static Path warehouse;

  private static SparkSession spark;

  private final Path folder;

  LakeTablesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void startSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("lake")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.catalog.default_iceberg", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.default_iceberg.type", "hadoop")
            .config("spark.sql.catalog.default_iceberg.warehouse", warehouse.toString())
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.type", "hadoop")
            .config("spark.sql.catalog.lake.warehouse", warehouse.toString())
            .getOrCreate();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void preparesAnIcebergTableByNameAndByPath() throws Exception {
    numbers().writeTo("lake.db.numbers").create();
    Preparation byName =
        Preparation.of("lake.db.numbers", folder.resolve("by-name").toString())
            .columns(new Columns("image", "label", "split"));

    DataIndex index = job().run(byName).index();

    assertThat(index.classNames()).containsExactly("even", "odd");
    assertThat(index.count("train")).isEqualTo(50);
    assertThat(index.count("test")).isEqualTo(10);
    Preparation byPath =
        Preparation.of(
                warehouse.resolve("db/numbers").toString(), folder.resolve("by-path").toString())
            .columns(new Columns("image", "label", "split"));
    assertThat(job().run(byPath).index()).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(strings = {"orc", "delta"})
  void preparesATableByPath(String format) {
    String parquet = folder.resolve("parquet").toString();
    numbers().write().parquet(parquet);
    String from = folder.resolve(format).toString();
    numbers().write().format(format).save(from);
    var columns = new Columns("image", "label", "split");

    DataIndex index =
        job().run(Preparation.of(from, folder.resolve("to").toString()).columns(columns)).index();

    assertThat(index.count("train")).isEqualTo(50);
    assertThat(index.count("test")).isEqualTo(10);
    assertThat(
            job()
                .run(Preparation.of(parquet, folder.resolve("same").toString()).columns(columns))
                .index())
        .isEqualTo(index);
  }

  @Test
  void preparesAFolderOf50000Images() throws IOException {
    for (int label = 0; label < 10; label++) {
      Path images = Files.createDirectories(folder.resolve("from/train/class-" + label));
      for (int i = 0; i < 5000; i++) {
        Files.write(images.resolve(i + ".png"), png(label * 5000 + i));
      }
    }
    String to = folder.resolve("to").toString();

    DataIndex index = job().run(Preparation.of(folder.resolve("from").toString(), to)).index();

    assertThat(index.count("train")).isEqualTo(50_000);
    assertThat(index.classCounts().get("train")).containsOnly(5000);
    assertThat(index.splits().getOrDefault("train", List.of())).hasSize(10);
    var cache = new LocalImageCache(folder.resolve("cache"), 1L << 30);
    assertThat(cache.open(PreparedSet.open(LocalStorage.of(to)), "train", 4).size())
        .isEqualTo(50_000);
  }

  private static Dataset<Row> numbers() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(RowFactory.create(png(i), i % 2 == 0 ? "even" : "odd", i < 50 ? "train" : "test"));
    }
    return spark.createDataFrame(
        rows,
        new StructType().add("image", "binary").add("label", "string").add("split", "string"));
  }

  private static PrepareJob job() {
    return new PrepareJob(spark, LocalStorage::of);
  }

  private static byte[] png(int number) {
    return ImageFiles.png(
        Pixels.ofRgb(RandomStream.of(number).ints(16, 0, 1 << 24).toArray(), 4, 4));
  }
}
