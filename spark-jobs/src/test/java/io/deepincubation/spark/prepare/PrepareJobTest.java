package io.deepincubation.spark.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.checkpoint.LocalStorage;
import io.deepincubation.core.data.CifarSource;
import io.deepincubation.core.data.DataIndex;
import io.deepincubation.core.data.ImageTable;
import io.deepincubation.core.data.LocalImageCache;
import io.deepincubation.core.data.PreparedSet;
import io.deepincubation.core.data.PreparedSetWriter;
import io.deepincubation.core.data.UnfitDataException;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.spark.storage.StorageFactory;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareJobTest {

  private static final StorageFactory STORAGES = LocalStorage::of;
  private static final int TRAIN = 60;

  private static SparkSession session;
  private static JavaSparkContext spark;

  private final Path folder;

  PrepareJobTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void startSpark() {
    var conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("prepare")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer");
    session = SparkSession.builder().config(conf).getOrCreate();
    spark = JavaSparkContext.fromSparkContext(session.sparkContext());
  }

  @AfterAll
  static void stopSpark() {
    session.stop();
  }

  @Test
  void preparesCifar100InMixedShardsThatSparkReads() throws IOException {
    writeCifar100();

    DataIndex index = job().run(request().shardSize(25));

    assertThat(index.splits().keySet()).containsExactly("train", "test");
    assertThat(index.splits().get("train"))
        .extracting(DataIndex.Shard::count)
        .containsExactly(25, 25, 10);
    assertThat(index.classNames()).hasSize(100);
    Dataset<Row> first = session.read().parquet(to() + "/train/part-00000.parquet");
    assertThat(first.columns()).containsExactly("image", "label");
    assertThat(first.select("label").distinct().count()).isGreaterThan(15);
  }

  @Test
  void keepsEveryImageAndLabel() throws IOException {
    writeCifar100();

    job().run(request().shardSize(25));

    ImageTable table = open("train");
    Set<Integer> labels = new HashSet<>();
    byte[] pixels = new byte[table.imageBytes()];
    for (int i = 0; i < table.size(); i++) {
      table.pixels(i, pixels);
      labels.add(table.label(i));
      assertThat(pixels).isEqualTo(image(table.label(i)));
    }
    assertThat(labels).hasSize(TRAIN);
  }

  @Test
  void makesTheSameSetAsOneProcess() throws IOException {
    writeCifar100();
    var alone = new PreparedSetWriter(new LocalStorage(folder.resolve("alone")));

    DataIndex index = job().run(request().shardSize(25));

    assertThat(alone.write(new CifarSource(new LocalStorage(folder.resolve("from"))), 42, 25))
        .isEqualTo(index);
  }

  @Test
  void leavesARepeatedSetAsItIs() throws IOException {
    writeCifar100();
    DataIndex index = job().run(request());

    assertThat(job().run(request())).isEqualTo(index);
    assertThat(job().run(request().seed(7)).digest()).isNotEqualTo(index.digest());
  }

  @Test
  void preparesClassFolders() throws IOException {
    for (String file : new String[] {"train/cat/1", "train/dog/2", "train/dog/3", "val/dog/4"}) {
      writeImage(file + ".png", 20, 30);
    }

    DataIndex index = job().run(request().imageSize(16));

    assertThat(index.classNames()).containsExactly("cat", "dog");
    assertThat(index.count("train")).isEqualTo(3);
    assertThat(index.count("test")).isEqualTo(1);
    assertThat(index.height()).isEqualTo(16);
    assertThat(open("test").label(0)).isEqualTo(1);
  }

  @Test
  void takesTheFirstImagesOfEachClass() throws IOException {
    for (String file :
        new String[] {"train/cat/1", "train/cat/2", "train/dog/3", "train/dog/4", "test/dog/5"}) {
      writeImage(file + ".png", 8, 8);
    }

    DataIndex index = job().run(request().imagesPerClass(1));

    assertThat(index.count("train")).isEqualTo(2);
    assertThat(index.count("test")).isEqualTo(1);
    assertThat(Set.of(open("train").label(0), open("train").label(1)))
        .containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void saysWhichImageIsCorruptAndLeavesNoSet() throws IOException {
    writeImage("train/cat/1.png", 8, 8);
    Path corrupt = folder.resolve("from/train/cat/2.png");
    Files.write(corrupt, "no image".getBytes(UTF_8));

    assertThatThrownBy(() -> job().run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot read image " + corrupt);
    assertThat(folder.resolve("to/index.json")).doesNotExist();
  }

  @Test
  void saysWhereItExpectedImages() {
    assertThatThrownBy(() -> job().run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read images from %s: expected a folder, got nothing there",
            folder.resolve("from"));
  }

  @Test
  void namesItsFormats() {
    assertThat(SourceFormat.named("image-folder")).isEqualTo(SourceFormat.IMAGE_FOLDER);
    assertThatThrownBy(() -> SourceFormat.named("zip"))
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot prepare a training set: expected a format of [auto, cifar, image-folder], got"
                + " zip");
  }

  @Test
  void rejectsShardsWithoutImages() {
    assertThatThrownBy(() -> request().shardSize(0))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining(
            "expected a shard size, an image size and images per class from 1, got 0, ");
  }

  private static PrepareJob job() {
    return new PrepareJob(spark, STORAGES);
  }

  private Preparation request() {
    return Preparation.of(folder.resolve("from").toString(), to());
  }

  private String to() {
    return folder.resolve("to").toString();
  }

  private ImageTable open(String split) {
    var cache = new LocalImageCache(folder.resolve("cache"), 1 << 20);
    return cache.open(PreparedSet.open(LocalStorage.of(to())), split);
  }

  /** Training image i has label i and is noise of that number. */
  private void writeCifar100() throws IOException {
    Path from = Files.createDirectories(folder.resolve("from"));
    Files.write(from.resolve("train.bin"), records(TRAIN));
    Files.write(from.resolve("test.bin"), records(5));
  }

  private static byte[] records(int count) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      bytes.write(0);
      bytes.write(i);
      bytes.write(image(i));
    }
    return bytes.toByteArray();
  }

  private static byte[] image(int number) {
    byte[] values = new byte[3 * 32 * 32];
    RandomStream.of(number).nextBytes(values);
    return values;
  }

  private void writeImage(String name, int height, int width) throws IOException {
    Path file = folder.resolve("from").resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", file.toFile());
  }
}
