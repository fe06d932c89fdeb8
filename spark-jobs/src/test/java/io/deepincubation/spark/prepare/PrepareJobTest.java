package io.deepincubation.spark.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.ImageFitting;
import io.deepincubation.core.data.set.ImageFitting.Encoding;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.CifarSource;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareJobTest {

  private static final StorageFactory STORAGES = LocalStorage::of;
  private static final int TRAIN = 60;

  private static SparkSession session;

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
  }

  @AfterAll
  static void stopSpark() {
    session.stop();
  }

  @Test
  void preparesCifar100InMixedShardsThatSparkReads() throws IOException {
    writeCifar100();

    DataIndex index = job().run(request().shardSize(25)).index();

    assertThat(index.splits().keySet()).containsExactly("train", "test");
    assertThat(shards(index, "train")).hasSize(3);
    assertThat(index.count("train")).isEqualTo(TRAIN);
    assertThat(index.classNames()).hasSize(100);
    Dataset<Row> first = session.read().parquet(to() + "/" + shards(index, "train").get(0).file());
    assertThat(first.columns()).containsExactly("image", "label");
    assertThat(first.select("label").distinct().count()).isGreaterThan(10);
    assertThat(session.read().parquet(to() + "/train").count()).isEqualTo(TRAIN);
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

    DataIndex index = job().run(request().shardSize(25)).index();

    assertThat(alone.write(new CifarSource(new LocalStorage(folder.resolve("from"))), 42, 25))
        .isEqualTo(index);
  }

  @Test
  void leavesARepeatedSetAsItIs() throws IOException {
    writeCifar100();
    DataIndex index = job().run(request()).index();

    assertThat(job().run(request()).index()).isEqualTo(index);
    assertThat(job().run(request().seed(7).replacing()).index().digest())
        .isNotEqualTo(index.digest());
  }

  @Test
  void preparesClassFolders() throws IOException {
    for (String file : new String[] {"train/cat/1", "train/dog/2", "train/dog/3", "val/dog/4"}) {
      writeImage(file + ".png", 20, 30);
    }

    DataIndex index = job().run(request().fitting(new ImageFitting(16, 0, Encoding.KEEP))).index();

    assertThat(index.classNames()).containsExactly("cat", "dog");
    assertThat(index.classCounts()).isEqualTo(Map.of("train", List.of(1, 2), "val", List.of(0, 1)));
    assertThat(index.sizes()).hasToString("16 x 16");
    assertThat(open("val").label(0)).isEqualTo(1);
  }

  @Test
  void setsTestImagesOfClassFoldersWithoutSplitsAside() throws IOException {
    for (int i = 0; i < 60; i++) {
      writeImage((i % 2 == 0 ? "cat/" : "dog/") + i + ".png", 8, 8 + i);
    }

    DataIndex index = job().run(request().testFraction(0.3)).index();

    assertThat(index.count("train") + index.count("test")).isEqualTo(60);
    assertThat(index.classCounts().get("test")).containsExactly(9, 9);
    assertThat(index.sizes()).hasToString("8 x 8 to 8 x 67");
  }

  @Test
  void setsValidationImagesOfEachClassAsideTheSameEachTime() throws IOException {
    for (int i = 0; i < 60; i++) {
      writeImage((i % 3 == 0 ? "cat/" : "dog/") + i + ".png", 8, 8 + i);
    }
    DataIndex tested = job().run(request().testFraction(0.1)).index();

    Preparation both = request().testFraction(0.1).validationFraction(0.2).replacing();
    DataIndex index = job().run(both).index();

    assertThat(index.classCounts())
        .isEqualTo(Map.of("train", List.of(14, 28), "val", List.of(4, 8), "test", List.of(2, 4)));
    assertThat(index.digest("test")).as("no other split moves").isEqualTo(tested.digest("test"));
    assertThat(job().run(both).index()).isEqualTo(index);
    assertThat(job().run(both.seed(7)).index().digest("val")).isNotEqualTo(index.digest("val"));
  }

  @Test
  void setsNoValidationImagesAsideBesideThoseThatThereAre() throws IOException {
    writeImage("train/cat/1.png", 8, 8);
    writeImage("val/cat/2.png", 8, 9);

    assertThatThrownBy(() -> job().run(request().validationFraction(0.5)))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot set val images aside: expected a source without a val split, got 1 images in"
                + " it");
    assertThatThrownBy(() -> request().testFraction(0.5).validationFraction(0.5))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot prepare a training set: expected a validation fraction that leaves images to"
                + " train on, got 0.5");
  }

  @Test
  void reducesTheShorterSideAndEncodesAnew() throws IOException {
    writeImage("cat/1.png", 40, 60);
    writeImage("cat/2.png", 10, 30);

    DataIndex index = job().run(request().fitting(new ImageFitting(0, 20, Encoding.JPEG))).index();

    assertThat(index.sizes()).hasToString("10 x 30 to 20 x 30");
    byte[] file = session.read().parquet(to() + "/train").select("image").first().getAs(0);
    assertThat(file).startsWith(0xFF, 0xD8);
  }

  @Test
  void takesAFractionOfEachClass() throws IOException {
    writeCifar100(i -> i % 3);

    DataIndex index = job().run(request().subset(new Subset(0.25, true, 0))).index();

    assertThat(index.count("train")).isEqualTo(15);
    assertThat(index.classCounts().get("train")).startsWith(5, 5, 5, 0);
    assertThat(index.count("test")).isEqualTo(5);
    assertThat(
            job()
                .run(request().subset(new Subset(0.25, false, 0)).replacing())
                .index()
                .count("train"))
        .isEqualTo(15);
  }

  @Test
  void takesSomeImagesOfEachClass() throws IOException {
    for (String file :
        new String[] {"train/cat/1", "train/cat/2", "train/dog/3", "train/dog/4", "test/dog/5"}) {
      writeImage(file + ".png", 8, 8 + file.hashCode() % 5);
    }

    DataIndex index = job().run(request().subset(new Subset(1, false, 1))).index();

    assertThat(index.classCounts().get("train")).containsExactly(1, 1);
    assertThat(index.count("test")).isEqualTo(1);
    assertThatThrownBy(() -> job().run(request().subset(new Subset(1, false, 3))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot take a balanced subset: expected 3 images of each class");
  }

  @Test
  void saysWhichImageIsCorruptAndLeavesNoSet() throws IOException {
    writeImage("train/cat/1.png", 8, 8);
    Path corrupt = folder.resolve("from/train/cat/2.png");
    Files.write(corrupt, "no image".getBytes(UTF_8));

    assertThatThrownBy(() -> job().run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot prepare %s: expected at most 0.1 %% of the images to be unreadable, got 1 of"
                + " 2; %s/rejected lists them, the first is file:%s: expected a PNG or JPEG file,"
                + " got 8 other bytes; mend them, or raise --max-rejected",
            to(), to(), corrupt);
    assertThat(folder.resolve("to/index.json")).doesNotExist();
  }

  @Test
  void preparesATableWithTextLabelsAndListsWhatItCannotRead() throws IOException {
    writeTable(1000, 20);
    Preparation request =
        request().columns(new Columns("content", "kind", "part")).maxRejected(0.02);

    DataIndex index = job().run(request).index();

    assertThat(index.classNames()).containsExactly("bird", "cat", "dog");
    assertThat(index.count("train") + index.count("test")).isEqualTo(980);
    Dataset<Row> rejected = session.read().parquet(to() + "/rejected");
    assertThat(rejected.count()).isEqualTo(20);
    Row first = rejected.orderBy("bytes").first();
    assertThat(first.<String>getAs("origin")).startsWith("file:").endsWith(".parquet");
    assertThat(first.<String>getAs("reason")).startsWith("expected a ");
    assertThat(first.<String>getAs("label")).isIn("bird", "cat", "dog");
    assertThatThrownBy(() -> job().run(request.maxRejected(0.01)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected at most 1.0 % of the images to be unreadable, got 20 of");
    assertThat(PreparedSet.open(LocalStorage.of(to())).index()).isEqualTo(index);
  }

  @Test
  void namesAMissingColumn() throws IOException {
    writeTable(10, 0);

    assertThatThrownBy(() -> job().run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read images from %s: expected column image with JPEG or PNG files, got"
                + " [content, kind, part]; name the columns with --image-column, --label-column"
                + " and --split-column",
            folder.resolve("from"));
  }

  @Test
  void saysWhichFileSparkCannotRead() throws IOException {
    writeTable(10, 0);
    Path file = tableFiles().get(0);
    Files.write(file, new byte[200]);
    Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));

    assertThatThrownBy(() -> job().run(request().columns(new Columns("content", "kind", "part"))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith(
            "Cannot prepare %s from %s: ", folder.resolve("to"), folder.resolve("from"))
        .hasMessageContaining(file.getFileName() + " is not a Parquet file");
  }

  private List<Path> tableFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("from"))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  @Test
  void preparesAFrameOfSparksImageSource() {
    StructType image =
        new StructType()
            .add("origin", "string")
            .add("height", "int")
            .add("width", "int")
            .add("nChannels", "int")
            .add("mode", "int")
            .add("data", "binary");
    byte[] blue = {(byte) 200, 0, 0, (byte) 200, 0, 0};
    byte[] red = {0, 0, 100, 0, 0, 100};
    byte[] grey = {50, 60};
    List<Row> rows =
        List.of(
            RowFactory.create(RowFactory.create("file:/lake/cold/1.png", 1, 2, 3, 16, blue)),
            RowFactory.create(RowFactory.create("file:/lake/warm/2.png", 1, 2, 3, 16, red)),
            RowFactory.create(RowFactory.create("file:/lake/warm/3.png", 1, 2, 1, 0, grey)));
    session
        .createDataFrame(rows, new StructType().add("image", image))
        .createOrReplaceTempView("pictures");

    DataIndex index = job().run(Preparation.of("pictures", to())).index();

    assertThat(index.classNames()).containsExactly("cold", "warm");
    ImageTable table = open("train");
    var seen = new HashMap<Integer, List<Byte>>();
    byte[] pixels = new byte[6];
    for (int i = 0; i < 3; i++) {
      table.pixels(i, pixels);
      seen.put(pixels[0] + 256 * pixels[4], List.of(pixels[0], pixels[2], pixels[4]));
    }
    assertThat(seen.values())
        .containsExactlyInAnyOrder(
            List.of((byte) 0, (byte) 0, (byte) 200),
            List.of((byte) 100, (byte) 0, (byte) 0),
            List.of((byte) 50, (byte) 50, (byte) 50));
  }

  @Test
  void preparesAFrameOfFiles() throws IOException {
    writeImage("lake/cat/1.png", 8, 8);
    writeImage("lake/dog/2.png", 8, 9);
    session
        .read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .load(folder.resolve("from/lake").toString())
        .createOrReplaceTempView("files");

    DataIndex index =
        job()
            .run(Preparation.of("files", to()).columns(new Columns("content", "label", "")))
            .index();

    assertThat(index.classNames()).containsExactly("cat", "dog");
    assertThat(index.classCounts().get("train")).containsExactly(1, 1);
  }

  @Test
  void preparesGzippedIdxFiles() throws IOException {
    writeIdx("train", 30);
    writeIdx("t10k", 10);

    DataIndex index = job().run(request()).index();

    assertThat(index.count("train")).isEqualTo(30);
    assertThat(index.count("test")).isEqualTo(10);
    assertThat(index.classNames()).hasSize(10);
    assertThat(index.sizes()).hasToString("28 x 28");
    ImageTable table = open("train");
    byte[] pixels = new byte[table.imageBytes()];
    for (int i = 0; i < 30; i++) {
      table.pixels(i, pixels);
      assertThat(pixels[0] % 10).isEqualTo(table.label(i));
      assertThat(pixels[28 * 28 + 5]).isEqualTo(pixels[0]);
    }
  }

  @Test
  void leavesNothingTemporaryBehind() throws IOException {
    writeCifar100();

    DataIndex index = job().run(request().shardSize(25)).index();

    try (Stream<Path> files = Files.walk(folder.resolve("to"))) {
      assertThat(files.filter(Files::isRegularFile).count())
          .isEqualTo(index.splits().values().stream().mapToInt(List::size).sum() + 2L);
    }
    assertThat(ImageIO.read(folder.resolve("to/contact-sheet.png").toFile()).getWidth())
        .isEqualTo(12 * 100 + 4);
  }

  @Test
  void saysWhereItExpectedImages() {
    assertThatThrownBy(() -> job().run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read images from %s: expected a folder or a table, got nothing there",
            folder.resolve("from"));
  }

  @Test
  void namesItsFormats() {
    assertThat(SourceFormat.named("image-folder")).isEqualTo(SourceFormat.IMAGE_FOLDER);
    assertThatThrownBy(() -> SourceFormat.named("zip"))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Cannot prepare a training set: expected a format of [auto, cifar, idx, image-folder,"
                + " table, parquet, orc, delta, iceberg], got zip");
  }

  @Test
  void rejectsShardsWithoutImages() {
    assertThatThrownBy(() -> request().shardSize(0))
        .isInstanceOf(UsageException.class)
        .hasMessage("Cannot prepare a training set: expected a shard size from 1, got 0");
  }

  private static List<DataIndex.Shard> shards(DataIndex index, String split) {
    return index.splits().getOrDefault(split, List.of());
  }

  private static PrepareJob job() {
    return new PrepareJob(session, STORAGES);
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
    writeCifar100(i -> i);
  }

  private void writeCifar100(IntUnaryOperator labels) throws IOException {
    Path from = Files.createDirectories(folder.resolve("from"));
    Files.write(from.resolve("train.bin"), records(TRAIN, labels));
    Files.write(from.resolve("test.bin"), records(5, labels));
  }

  private static byte[] records(int count, IntUnaryOperator labels) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      bytes.write(0);
      bytes.write(labels.applyAsInt(i));
      bytes.write(image(i));
    }
    return bytes.toByteArray();
  }

  /** A Parquet table whose first images are cut off. */
  private void writeTable(int count, int corrupt) throws IOException {
    String[] kinds = {"dog", "cat", "bird"};
    var rows = new ArrayList<Row>();
    for (int i = 0; i < count; i++) {
      byte[] png = png(8, 8, i);
      byte[] content = i < corrupt ? Arrays.copyOf(png, png.length / 2) : png;
      rows.add(RowFactory.create(content, kinds[i % 3], i % 10 == 9 ? "Test" : "training"));
    }
    session
        .createDataFrame(
            rows,
            new StructType().add("content", "binary").add("kind", "string").add("part", "string"))
        .repartition(3)
        .write()
        .parquet(folder.resolve("from").toString());
  }

  /** Image i is filled with i and has i modulo 10 as its label. */
  private void writeIdx(String name, int count) throws IOException {
    Path from = Files.createDirectories(folder.resolve("from"));
    try (var images = gzipped(from.resolve(name + "-images-idx3-ubyte.gz"));
        var labels = gzipped(from.resolve(name + "-labels-idx1-ubyte.gz"))) {
      images.writeInt(0x803);
      images.writeInt(count);
      images.writeInt(28);
      images.writeInt(28);
      labels.writeInt(0x801);
      labels.writeInt(count);
      for (int i = 0; i < count; i++) {
        byte[] image = new byte[28 * 28];
        Arrays.fill(image, (byte) i);
        images.write(image);
        labels.write(i % 10);
      }
    }
  }

  private static DataOutputStream gzipped(Path file) throws IOException {
    return new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)));
  }

  private static byte[] image(int number) {
    byte[] values = new byte[3 * 32 * 32];
    RandomStream.of(number).nextBytes(values);
    return values;
  }

  private void writeImage(String name, int height, int width) throws IOException {
    Path file = folder.resolve("from").resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, png(height, width, name.hashCode()));
  }

  private static byte[] png(int height, int width, int number) {
    int[] rgb = RandomStream.of(number).ints((long) height * width, 0, 1 << 24).toArray();
    return ImageFiles.png(Pixels.ofRgb(rgb, height, width));
  }
}
