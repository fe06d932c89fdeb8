package io.deepincubation.spark.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of image files as people have them. */
class ImageFolderTest {

  private static final StorageFactory STORAGES = new HadoopStorageFactory(new Configuration());

  private static SparkSession spark;

  private final Path folder;

  ImageFolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void startSpark() {
    spark = Sessions.start("image-folder");
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void listsEmptyFilesAmongTheRejected() throws IOException {
    images("ant/0.png", "ant/1.png");
    Files.createFile(folder.resolve("from/ant/empty.jpg"));

    Prepared prepared = prepare(request().maxRejected(0.5));

    assertThat(prepared.index().count("train")).isEqualTo(2);
    assertThat(prepared.rejected()).isOne();
    Row rejected = spark.read().parquet(to() + "/rejected").first();
    assertThat(rejected.<String>getAs("origin")).endsWith("from/ant/empty.jpg");
    assertThat(rejected.<String>getAs("reason")).startsWith("expected a PNG or JPEG file, got 0");
  }

  @Test
  void namesTheFirstImageWhereNoneCanBeRead() throws IOException {
    Files.createDirectories(folder.resolve("from/ant"));
    Files.createFile(folder.resolve("from/ant/empty.jpg"));

    assertThatThrownBy(() -> prepare(request().maxRejected(1)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith(
            "Cannot prepare %s: expected training images that can be read, got none, and 1 that"
                + " cannot; %s/rejected lists them, the first is ",
            to(), to())
        .hasMessageContaining("from/ant/empty.jpg: expected a PNG or JPEG file, got 0");
  }

  @Test
  void takesNamesThatBeginWithAnUnderscoreAndExtensionsOfAnyCase() throws IOException {
    images("ant/0.png", "ant/_DSC0001.png", "_unknown_/2.png", "ant/3.PnG");

    DataIndex index = prepare(request()).index();

    assertThat(index.classNames()).containsExactly("_unknown_", "ant");
    assertThat(index.classCounts().get("train")).containsExactly(1, 3);
  }

  @Test
  void tellsWhatItLeavesOut() throws IOException {
    images("ant/0.png", "bee/1.png", "ant/.thumb.png", ".cache/ant/2.png", "cover.png");
    Files.writeString(folder.resolve("from/ant/notes.txt"), "notes");
    Files.writeString(folder.resolve("from/bee/4.webp"), "picture");

    LeftOut leftOut = prepare(request()).leftOut();

    assertThat(leftOut.counts())
        .isEqualTo(
            Map.of("hidden", 2L, ".txt", 1L, ".webp", 1L, "images outside of the classes", 1L));
    assertThat(leftOut)
        .hasToString(
            "5 files are left out: 1 .txt, 1 .webp, 2 hidden, 1 images outside of the classes;"
                + " the first is .cache/ant/2.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-01-01T12:30:01", "[1] {a,b} *?", "100%", "a%20b", "süß", "a#b\\c"})
  void readsFilesAndFoldersOfOddNames(String name) throws IOException {
    Path from = folder.resolve("photos " + name);
    image(from.resolve("ant " + name + "/" + name + ".png"), 1);
    image(from.resolve("bee/" + name + ".png"), 2);

    Prepared prepared = prepare(Preparation.of("file:" + from, to()));

    assertThat(prepared.index().classNames()).containsExactly("ant " + name, "bee");
    assertThat(prepared.index().count("train")).isEqualTo(2);
    assertThat(paths("file:" + from))
        .containsExactlyInAnyOrder(
            "file:" + from + "/ant " + name + "/" + name + ".png",
            "file:" + from + "/bee/" + name + ".png");
  }

  private static List<String> paths(String from) {
    SourceFrame frame = ImageFrames.open(spark, STORAGES, from, SourceFormat.AUTO);
    return frame.rows().select("path").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void takesTheFirstFolderForTheClassHoweverDeepAFileLies() throws IOException {
    images("train/ant/images/0.png", "train/ant/1.png", "train/bee/a/b/2.png", "test/bee/3.png");

    DataIndex index = prepare(request()).index();

    assertThat(index.classNames()).containsExactly("ant", "bee");
    assertThat(index.classCounts())
        .isEqualTo(Map.of("train", List.of(2, 1), "test", List.of(0, 1)));
  }

  @Test
  void tellsImagesOutsideOfTheSplits() throws IOException {
    images("train/ant/0.png", "train/bee/1.png", "test/ant/2.png", "extra/ant/3.png", "test/4.png");

    assertThat(prepare(request()).leftOut().counts())
        .isEqualTo(Map.of("images outside of the splits", 1L, "images outside of the classes", 1L));
  }

  @Test
  void takesFoldersThatAreNamedLikeSplitsForClassesWhereOthersAreToo() throws IOException {
    images("train/0.png", "plane/1.png", "car/2.png");

    assertThat(prepare(request()).index().classNames()).containsExactly("car", "plane", "train");
  }

  @Test
  void refusesSplitsWithoutClasses() throws IOException {
    images("train/0.png", "test/1.png");

    assertThatThrownBy(() -> prepare(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected SPLIT/CLASS/image or CLASS/image")
        .hasMessageContaining("directly in test, train");
  }

  @Test
  void tellsWhatCannotBeMeant() throws IOException {
    images("photos/ant/0.png", "photos/bee/1.png");
    Files.createDirectories(folder.resolve("from/empty"));

    List<String> remarks = prepare(request()).remarks();

    assertThat(remarks)
        .contains("Folders without images are no classes: empty")
        .contains("If the folders in photos are the classes (ant, bee), give that folder as --from")
        .contains("There is one class alone, photos: a network has nothing to tell apart")
        .anyMatch(remark -> remark.startsWith("There is no test split"));
  }

  @Test
  void tellsClassesThatOnlyTheTestSplitHas() throws IOException {
    images("train/ant/0.png", "train/bee/1.png", "test/cat/2.png", "test/ant/3.png");

    assertThat(prepare(request()).remarks())
        .containsExactly("1 of 3 classes have no training images: cat");
  }

  @Test
  void saysWhatItFoundInsteadOfImages() throws IOException {
    Path from = Files.createDirectories(folder.resolve("from"));
    Files.writeString(from.resolve("a.bmp"), "");
    Files.writeString(from.resolve("b.txt"), "");

    assertThatThrownBy(() -> prepare(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read images from %s: expected .jpg, .jpeg or .png files below it, got 1 .bmp,"
                + " 1 .txt; images of other kinds must become JPEG or PNG",
            from);
    assertThatThrownBy(() -> paths(from.toString()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("got 1 .bmp");
  }

  @Test
  void rejectsLinksThatLeadNowhereAndFollowsOthers() throws IOException {
    images("ant/0.png", "bee/1.png");
    Files.createSymbolicLink(folder.resolve("from/ant/2.png"), folder.resolve("nowhere.png"));
    image(folder.resolve("other/3.png"), 3);
    Files.createSymbolicLink(folder.resolve("from/cat"), folder.resolve("other"));

    Prepared prepared = prepare(request().maxRejected(0.5));

    assertThat(prepared.index().classNames()).containsExactly("ant", "bee", "cat");
    assertThat(prepared.rejected()).isOne();
    assertThat(spark.read().parquet(to() + "/rejected").first().<String>getAs("reason"))
        .contains("2.png: there is no such file");
  }

  @Test
  void refusesATargetThatIsNotApart() throws IOException {
    images("ant/0.png", "bee/1.png");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("from"));

    for (String to : List.of("from", "from/prepared", ".", "link/prepared")) {
      assertThatThrownBy(
              () ->
                  prepare(
                      Preparation.of(
                          "file:" + folder.resolve("from"), folder.resolve(to).toString())))
          .as(to)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("expected a folder apart from the source");
    }
    assertThat(folder.resolve("from/prepared")).doesNotExist();
  }

  @Test
  void replacesAnotherSetOnlyWhenAsked() throws IOException {
    images("ant/0.png", "bee/1.png");
    DataIndex first = prepare(request()).index();
    assertThat(prepare(request()).outcome()).isEqualTo(Prepared.Outcome.SAME);
    images("ant/2.png");

    assertThatThrownBy(() -> prepare(request()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("digest " + first.digest())
        .hasMessageContaining("--replace");
    images("cat/3.png");
    assertThatThrownBy(() -> prepare(request()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("of the classes ant, bee, got ant, bee, cat");

    Files.delete(folder.resolve("from/cat/3.png"));
    Files.delete(folder.resolve("from/ant/2.png"));
    assertThat(prepare(request()).outcome()).isEqualTo(Prepared.Outcome.SAME);
    assertThat(spark.read().parquet(to() + "/train").count()).isEqualTo(2);
    images("cat/3.png");
    assertThat(prepare(request().replacing()).outcome()).isEqualTo(Prepared.Outcome.REPLACED);
  }

  @Test
  void setsAsManyTestImagesAsideOfEachClass() throws IOException {
    for (int i = 0; i < 24; i++) {
      images((i < 4 ? "rare/" : "many/") + i + ".png");
    }
    images("one/1.png");

    DataIndex index = prepare(request().testFraction(0.25)).index();

    assertThat(index.classNames()).containsExactly("many", "one", "rare");
    assertThat(index.classCounts())
        .isEqualTo(Map.of("train", List.of(15, 1, 3), "test", List.of(5, 0, 1)));
    assertThat(prepare(request().testFraction(0.25)).index()).isEqualTo(index);
  }

  @Test
  void takesExactlySoManyImagesWherePicturesRepeat() throws IOException {
    for (int i = 0; i < 12; i++) {
      image(folder.resolve("from/ant/" + i + ".png"), i % 3);
      image(folder.resolve("from/bee/" + i + ".png"), 100 + i % 3);
    }

    for (int wanted : new int[] {1, 3, 4, 5, 12}) {
      DataIndex index = prepare(request().subset(new Subset(1, false, wanted)).replacing()).index();
      assertThat(index.classCounts().get("train")).containsExactly(wanted, wanted);
    }
    assertThat(prepare(request().subset(new Subset(0.25, false, 0)).replacing()).index())
        .satisfies(index -> assertThat(index.count("train")).isEqualTo(6));
  }

  @Test
  void tellsPicturesOfSeveralClassesAndSplits() throws IOException {
    image(folder.resolve("from/train/ant/0.png"), 7);
    image(folder.resolve("from/train/bee/0.png"), 7);
    image(folder.resolve("from/test/bee/0.png"), 7);
    image(folder.resolve("from/train/bee/1.png"), 8);
    image(folder.resolve("from/test/bee/1.png"), 8);
    image(folder.resolve("from/test/ant/2.png"), 9);

    List<String> remarks = prepare(request()).remarks();

    assertThat(remarks).hasSize(3);
    assertThat(remarks.get(0))
        .startsWith("1 samples are in several classes")
        .endsWith("is in ant and bee of test and train");
    assertThat(remarks.get(1)).startsWith("2 samples are in several splits");
    assertThat(remarks.get(2)).isEqualTo("3 samples repeat others, 2 in all");
  }

  @Test
  void saysThatAFractionIsNoImage() throws IOException {
    images("ant/0.png", "bee/1.png");

    assertThatThrownBy(() -> prepare(request().subset(new Subset(0.001, false, 0))))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot take a subset: expected one training image or more, got none by --fraction"
                + " 0.001 of all; raise it");
  }

  @Test
  void refusesWebAddresses() {
    assertThatThrownBy(() -> prepare(Preparation.of("https://host/photos", to())))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("got a web address; download it first");
  }

  @Test
  void givesTheContentOfFilesWhereItIsWanted() throws IOException {
    images("ant/0.png");
    Files.createFile(folder.resolve("from/ant/1.png"));

    Dataset<Row> rows =
        ImageFrames.openWithContent(
                spark, STORAGES, folder.resolve("from").toString(), SourceFormat.AUTO)
            .rows();

    assertThat(rows.columns()).containsExactly("path", "modificationTime", "length", "content");
    assertThat(rows.orderBy("path").collectAsList())
        .satisfiesExactly(
            row -> assertThat(row.<byte[]>getAs(3)).hasSize((int) row.getLong(2)),
            row -> assertThat(row.<byte[]>getAs(3)).isEmpty());
  }

  @Test
  void refusesNamesThatAreNotUtf8() throws Exception {
    Path from = Files.createDirectories(folder.resolve("from/ant"));
    image(from.resolve("0.png"), 1);
    byte[] latin1 =
        (from + "/gr\u00fcn.png").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    var touch =
        new ProcessBuilder("bash", "-c", "printf '' > \"$(printf '" + octal(latin1) + "')\"");
    assertThat(touch.start().waitFor()).isZero();

    assertThatThrownBy(() -> prepare(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected file names in UTF-8, got ant/gr");
  }

  private static String octal(byte[] bytes) {
    var text = new StringBuilder();
    for (byte each : bytes) {
      text.append(String.format(Locale.ROOT, "\\%03o", each & 0xFF));
    }
    return text.toString();
  }

  private static Prepared prepare(Preparation request) {
    return new PrepareJob(spark, STORAGES).run(request);
  }

  private Preparation request() {
    return Preparation.of(folder.resolve("from").toString(), to());
  }

  private String to() {
    return folder.resolve("to").toString();
  }

  private void images(String... names) throws IOException {
    for (String name : names) {
      image(folder.resolve("from").resolve(name), name.hashCode());
    }
  }

  private static void image(Path file, int number) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    int[] rgb = RandomStream.of(number).ints(16, 0, 1 << 24).toArray();
    Files.write(file, ImageFiles.png(Pixels.ofRgb(rgb, 4, 4)));
  }
}
