package io.deepincubation.spark.prepare;

import static org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit.NANOS;
import static org.apache.parquet.schema.LogicalTypeAnnotation.stringType;
import static org.apache.parquet.schema.LogicalTypeAnnotation.timestampType;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY;
import static org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.INT64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.spark.storage.FakeStore;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Types;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables as people have them: types of labels, layouts of files, images inside structs. */
class TablesTest {

  private static final StorageFactory STORAGES = new HadoopStorageFactory(new Configuration());
  private static final int ROWS = 12;

  private static SparkSession spark;

  private final Path folder;

  TablesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void startSpark() {
    spark = Sessions.start("tables");
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"double", "float", "decimal(10,2)", "tinyint", "smallint", "int", "bigint"})
  void takesWholeNumbersOfAnyTypeForClassNumbers(String type) {
    DataIndex index = prepared(labelled(i -> i % 3).withColumn("label", cast("label", type)));

    assertThat(index.classNames()).containsExactly("0", "1", "2");
    assertThat(index.classCounts().get("train")).containsExactly(4, 4, 4);
  }

  private static org.apache.spark.sql.Column cast(String column, String type) {
    return functions.col(column).cast(type);
  }

  @Test
  void takesTruthForTwoClasses() {
    DataIndex index = prepared(labelled(i -> i % 2).withColumn("label", cast("label", "boolean")));

    assertThat(index.classNames()).containsExactly("false", "true");
  }

  @Test
  void takesArraysOfNamesForAnyNumberOfClasses() {
    Dataset<Row> table =
        labelled(i -> i)
            .withColumn(
                "label",
                functions.expr(
                    "case when id = 0 then null when id % 3 = 0 then array() when id % 3 = 1 then"
                        + " array('sea', null, 'dog', 'sea') else array('sea') end"));

    Prepared prepared = run(saved(table).maxRejected(1));
    DataIndex index = prepared.index();

    assertThat(index.classNames()).containsExactly("dog", "sea");
    assertThat(index.labelSets()).containsExactly(List.of(), List.of(0, 1), List.of(1));
    assertThat(index.classCounts().get("train")).containsExactly(4, 8);
    assertThat(prepared.rejected()).as("null is no set").isEqualTo(1);
    assertThat(index.count("train")).isEqualTo(11);
  }

  @Test
  void takesArraysOfNumbersForAnyNumberOfClasses() {
    Dataset<Row> table =
        labelled(i -> i)
            .withColumn(
                "label", functions.expr("case when id % 2 = 0 then array(2, 0) else array(1) end"));

    DataIndex index = prepared(table);

    assertThat(index.classNames()).containsExactly("0", "1", "2");
    assertThat(index.labelSets()).containsExactly(List.of(0, 2), List.of(1));
    assertThat(index.classCounts().get("train")).containsExactly(6, 6, 6);
  }

  @Test
  void setsImagesOfSeveralClassesAsideByTheirRarest() {
    Dataset<Row> table =
        labelled(i -> i)
            .withColumn(
                "label",
                functions.expr("case when id < 4 then array('all', 'few') else array('all') end"));

    DataIndex index = run(saved(table).validationFraction(0.5)).index();

    assertThat(index.classCounts()).isEqualTo(Map.of("train", List.of(6, 2), "val", List.of(6, 2)));
  }

  @Test
  void rejectsRowsWithoutALabelOfAnyKind() {
    Dataset<Row> table =
        labelled(i -> i % 3)
            .withColumn(
                "label",
                functions.expr(
                    "case when label = 2 then double('NaN') when id = 0 then null when id = 1 then"
                        + " double(-1) else double(label) end"));

    Prepared prepared = run(saved(table).maxRejected(1));

    assertThat(prepared.index().classNames()).containsExactly("0", "1");
    assertThat(prepared.rejected()).isEqualTo(6);
    assertThat(spark.read().parquet(to() + "/rejected").select("reason").distinct().collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder("expected a label, got null", "expected a label, got -1");
  }

  @Test
  void refusesFractionsForClassNumbers() {
    Dataset<Row> table = labelled(i -> i % 2).withColumn("label", functions.expr("label + 0.5D"));

    assertThatThrownBy(() -> run(saved(table)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot use column label as class numbers: expected whole numbers, got 0.5; give"
                + " --labels names to have a class of each value");
    assertThat(run(named(saved(table))).index().classNames()).containsExactly("0.5", "1.5");
  }

  @Test
  void refusesTypesThatAreNoLabels() {
    Dataset<Row> table =
        labelled(i -> i).withColumn("label", functions.expr("array(double(label))"));

    assertThatThrownBy(() -> run(saved(table)))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining(
            "expected column label of numbers or texts, or arrays of whole numbers or texts, got"
                + " array<double>");
  }

  @Test
  void refusesNumbersWithGapsAndNamesWaysOut() {
    int[] ids = {10, 2, 55_555_555};
    Preparation request = saved(labelled(i -> ids[i % 3]));

    assertThatThrownBy(() -> run(request))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot use column label as class numbers: expected each number from 0 to 55555555,"
                + " got 3 of them and no image of 0, 1, 3, 4, 5 and perhaps others; give --labels"
                + " names to have a class of each value, or --labels numbers to have classes"
                + " without images");
    assertThat(run(named(request)).index().classNames()).containsExactly("2", "10", "55555555");
  }

  @Test
  void makesClassesWithoutImagesOnlyWhenAsked() {
    Preparation request = saved(labelled(i -> 1 + i % 3));

    assertThatThrownBy(() -> run(request)).hasMessageContaining("no image of 0; give --labels");
    Prepared prepared = run(request.columns(new Columns("image", "label", "", Labels.NUMBERS)));

    assertThat(prepared.index().classNames()).containsExactly("0", "1", "2", "3");
    assertThat(prepared.remarks()).contains("1 of 4 classes have no training images: 0");
  }

  @Test
  void readsHuggingFacesLayoutStructsAndClassNames() throws IOException {
    Path data = Files.createDirectories(folder.resolve("from/data"));
    Files.writeString(folder.resolve("from/README.md"), "# A set");
    writeHub(data.resolve("train-00000-of-00002.parquet"), 0, 6);
    writeHub(data.resolve("train-00001-of-00002.parquet"), 6, 8);
    writeHub(data.resolve("validation-00000-of-00001.parquet"), 8, 10);
    writeHub(data.resolve("test-00000-of-00001.parquet"), 10, 13);

    Prepared prepared = run(request());

    assertThat(prepared.index().classNames()).containsExactly("bee", "ant", "cat");
    assertThat(prepared.index().classCounts())
        .isEqualTo(
            Map.of("train", List.of(4, 4, 0), "val", List.of(1, 1, 0), "test", List.of(2, 1, 0)));
    assertThat(prepared.leftOut().counts()).isEqualTo(Map.of(".md", 1L));
    assertThat(prepared.remarks()).contains("1 of 3 classes have no training images: cat");
  }

  @Test
  void takesSubfoldersForSplits() {
    labelled(i -> i % 2).write().parquet(from() + "/train");
    labelled(i -> i % 2).limit(4).write().partitionBy("label").parquet(from() + "/test/deep");

    DataIndex index = run(request()).index();

    assertThat(index.count("train")).isEqualTo(ROWS);
    assertThat(index.count("test")).isEqualTo(4);
  }

  @Test
  void refusesFilesOfNoSplitBesideOthers() {
    labelled(i -> i % 2).write().parquet(from() + "/train");
    labelled(i -> i % 2).write().parquet(from() + "/more");

    assertThatThrownBy(() -> run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("expected train, test or val in the name or folder of each file")
        .hasMessageContaining("got more/part-0");
  }

  @Test
  void findsPartitionedTablesAndTakesTheirLabels() {
    labelled(i -> i % 2)
        .withColumn("kind", functions.expr("if(label = 0, 'golden retriever', 'süß: 100%')"))
        .withColumn("day", functions.expr("id % 3"))
        .write()
        .partitionBy("day", "kind")
        .parquet(from());

    DataIndex index = run(request().columns(new Columns("image", "kind", ""))).index();

    assertThat(index.classNames()).containsExactly("golden retriever", "süß: 100%");
    assertThat(index.classCounts().get("train")).containsExactly(6, 6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"table.parquet", "a:b.pq", "[1] {a} 100%.parq", "test.parquet"})
  void readsAFileAndFoldersOfFilesOfOtherExtensions(String name) throws IOException {
    Files.createDirectories(folder.resolve("from"));
    Files.copy(singleFile(), folder.resolve("from").resolve(name));

    Prepared ofFile = run(Preparation.of(from() + "/" + name, to()));

    assertThat(ofFile.index().count("train")).isEqualTo(ROWS);
    assertThat(ofFile.leftOut().count()).isZero();
    if (!name.startsWith("test")) {
      assertThat(run(request()).outcome()).isEqualTo(Prepared.Outcome.SAME);
    }
  }

  private Path singleFile() throws IOException {
    String table = folder.resolve("single").toString();
    labelled(i -> i % 2).coalesce(1).write().parquet(table);
    try (var files = Files.list(Path.of(table))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  @Test
  void readsTablesWithTimestampsOfNanoseconds() throws IOException {
    MessageType schema =
        Types.buildMessage()
            .required(BINARY)
            .named("image")
            .required(BINARY)
            .as(stringType())
            .named("label")
            .required(INT64)
            .as(timestampType(false, NANOS))
            .named("taken")
            .named("table");
    Files.createDirectories(folder.resolve("from"));
    write(
        folder.resolve("from/part-0.parquet"),
        schema,
        Map.of(),
        ROWS,
        (row, i) ->
            row.append("image", Binary.fromConstantByteArray(png(i)))
                .append("label", i % 2 == 0 ? "ant" : "bee")
                .append("taken", (long) i));

    assertThat(run(request()).index().count("train")).isEqualTo(ROWS);
    Row first =
        ImageFrames.open(spark, STORAGES, from(), SourceFormat.AUTO)
            .rows()
            .orderBy("taken")
            .first();
    assertThat(first.getLong(2)).isZero();
  }

  @Test
  void leavesTheFileSystemsOfStoresWithTheSettingsOfTheSession() throws IOException {
    FakeStore.clear();
    saved(labelled(i -> i % 2).coalesce(1));
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.setClass("fs.remote.impl", FakeStore.class, FileSystem.class);
    hadoop.setBoolean("fs.remote.impl.disable.cache", true);
    FileSystem here = FileSystem.getLocal(hadoop);
    var table = here.globStatus(new org.apache.hadoop.fs.Path(from(), "*.parquet"))[0].getPath();
    var there = new org.apache.hadoop.fs.Path("remote://bucket/table.parquet");
    FileUtil.copy(
        here, table, there.getFileSystem(hadoop), there, /* deleteSource= */ false, hadoop);

    var storages = new HadoopStorageFactory(hadoop);
    SourceFrame read = ImageFrames.open(spark, storages, there.toString(), SourceFormat.PARQUET);

    assertThat(read.rows().select("image").collectAsList()).hasSize(ROWS);
    assertThat(FakeStore.configurations())
        .hasSizeGreaterThan(2)
        .allMatch(used -> used.get("fs.file.impl") == null);
  }

  @Test
  void readsImagesAndLabelsInsideStructsAndByDottedNames() {
    Dataset<Row> nested =
        labelled(i -> i % 2)
            .selectExpr(
                "named_struct('jpeg', image, 'made', named_struct('by', label)) as photo",
                "label as `a.b`");

    assertThat(
            run(saved(nested).columns(new Columns("photo.jpeg", "photo.made.by", "")))
                .index()
                .classNames())
        .containsExactly("0", "1");
    assertThat(run(request().columns(new Columns("photo.jpeg", "a.b", ""))).outcome())
        .isEqualTo(Prepared.Outcome.SAME);
  }

  @Test
  void readsFilesThatRowsName() throws IOException {
    Path here = Files.write(folder.resolve("12:30 [1].png"), png(1));
    StructType image = new StructType().add("bytes", "binary").add("path", "string");
    List<Row> rows =
        List.of(
            RowFactory.create(RowFactory.create(null, here.toString()), 0),
            RowFactory.create(RowFactory.create(png(2), "gone.png"), 1),
            RowFactory.create(RowFactory.create(null, "/nowhere/ant/.."), 1),
            RowFactory.create(RowFactory.create(null, null), 1));
    Dataset<Row> table =
        spark.createDataFrame(rows, new StructType().add("image", image).add("label", "int"));

    Prepared prepared = run(saved(table).maxRejected(1));

    assertThat(prepared.index().count("train")).isEqualTo(2);
    assertThat(spark.read().parquet(to() + "/rejected").select("reason").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder(
            "expected the path of a file, got /nowhere/ant/..", "expected an image, got none");
  }

  @Test
  void decodesThePlacesThatSparksImageSourceCoded() {
    StructType image =
        new StructType()
            .add("origin", "string")
            .add("height", "int")
            .add("width", "int")
            .add("nChannels", "int")
            .add("mode", "int")
            .add("data", "binary");
    var rows = new ArrayList<Row>();
    for (String kind : List.of("golden retriever", "süß", "100%", "a+b")) {
      String coded = new org.apache.hadoop.fs.Path("/lake/" + kind + "/1.png").toUri().toString();
      rows.add(
          RowFactory.create(
              RowFactory.create("file://" + coded, 1, 1, 1, 0, new byte[] {(byte) rows.size()})));
    }
    spark
        .createDataFrame(rows, new StructType().add("image", image))
        .createOrReplaceTempView("photographs");

    assertThat(run(Preparation.of("photographs", to())).index().classNames())
        .containsExactly("100%", "a+b", "golden retriever", "süß");
  }

  @Test
  void namesTheFileOfAnotherSchema() {
    labelled(i -> i % 2).coalesce(1).write().parquet(from());
    labelled(i -> i % 2)
        .withColumn("label", functions.lit("text"))
        .coalesce(1)
        .write()
        .mode("append")
        .parquet(from());

    assertThatThrownBy(() -> run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageStartingWith("Cannot prepare " + to() + " from " + from() + ": ")
        .hasMessageMatching("(?s).*part-0.*\\.parquet.*");
  }

  @Test
  void refusesDamagedFilesWithTheirNames() throws IOException {
    Files.createDirectories(folder.resolve("from"));
    Files.write(folder.resolve("from/part-0.parquet"), new byte[100]);

    assertThatThrownBy(() -> run(request()))
        .isInstanceOf(UnfitDataException.class)
        .hasMessageContaining("part-0.parquet is not a Parquet file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my-photos", "photos", "lake.photos", "a:b"})
  void saysThatNoTableIsThereAndLeavesNoWarehouse(String name) {
    assertThatThrownBy(() -> run(Preparation.of(name, to())))
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot read images from "
                + name
                + ": expected a folder or a table, got nothing there");
    assertThat(Path.of("spark-warehouse")).doesNotExist();
  }

  @Test
  void namesTheTemporaryFolderThatIsFull() {
    assertThatThrownBy(
            () ->
                SourceFailure.telling(
                    "prepare set from photos",
                    "photos",
                    () -> {
                      throw new IllegalStateException(
                          "Job aborted", new IOException("No space left on device"));
                    }))
        .isInstanceOf(io.deepincubation.core.storage.StorageException.class)
        .hasMessageStartingWith(
            "Cannot prepare set from photos: the disk of the temporary folder "
                + System.getProperty("java.io.tmpdir"))
        .hasMessageContaining("spark.local.dir");
  }

  @Test
  void namesTheTemporaryFolderThatHoldsNoLibrary() {
    assertThatThrownBy(
            () ->
                SourceFailure.telling(
                    "write predictions to there for photos",
                    "photos",
                    () -> {
                      throw new IllegalStateException(
                          "Job aborted",
                          new UnsatisfiedLinkError("no snappyjava in java.library.path: /lib"));
                    }))
        .isInstanceOf(io.deepincubation.core.storage.StorageException.class)
        .hasMessageStartingWith(
            "Cannot write predictions to there for photos: a native library cannot be loaded")
        .hasMessageContaining("folder " + System.getProperty("java.io.tmpdir"));
  }

  @Test
  void neverGivesAnEmptyReason() {
    assertThatThrownBy(
            () ->
                SourceFailure.telling(
                    "read it",
                    "photos",
                    () -> {
                      throw new IllegalStateException(
                          "\nYou try to read photos, but there is\nno log.\n\nSee the web");
                    }))
        .hasMessage("Cannot read it: You try to read photos, but there is no log.");
  }

  private DataIndex prepared(Dataset<Row> table) {
    return run(saved(table)).index();
  }

  private Preparation saved(Dataset<Row> table) {
    table.write().mode("overwrite").parquet(from());
    return request();
  }

  private static Preparation named(Preparation request) {
    return request.columns(new Columns("image", "label", "", Labels.NAMES));
  }

  private static Prepared run(Preparation request) {
    return new PrepareJob(spark, STORAGES).run(request);
  }

  private Preparation request() {
    return Preparation.of(from(), to());
  }

  private String from() {
    return folder.resolve("from").toString();
  }

  private String to() {
    return folder.resolve("to").toString();
  }

  private static Dataset<Row> labelled(IntFunction<@Nullable Integer> label) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(RowFactory.create(i, png(i), label.apply(i)));
    }
    return spark.createDataFrame(rows, schema(DataTypes.IntegerType));
  }

  private static StructType schema(DataType label) {
    return new StructType().add("id", "int").add("image", "binary").add("label", label);
  }

  /** A table as the libraries of Hugging Face write it: class {@code i % 2} of row i. */
  private static void writeHub(Path file, int from, int to) throws IOException {
    MessageType schema =
        Types.buildMessage()
            .optionalGroup()
            .optional(BINARY)
            .named("bytes")
            .optional(BINARY)
            .as(stringType())
            .named("path")
            .named("image")
            .optional(INT64)
            .named("label")
            .named("schema");
    String features =
        "{\"info\": {\"features\": {\"image\": {\"_type\": \"Image\"}, \"label\": {\"names\":"
            + " [\"bee\", \"ant\", \"cat\"], \"_type\": \"ClassLabel\"}}}}";
    write(
        file,
        schema,
        Map.of("huggingface", features),
        to - from,
        (row, i) -> {
          row.addGroup("image")
              .append("bytes", Binary.fromConstantByteArray(png(from + i)))
              .append("path", i + ".png");
          row.append("label", (long) ((from + i) % 2));
        });
  }

  private interface Filler {
    void fill(Group row, int number);
  }

  private static void write(
      Path file, MessageType schema, Map<String, String> metadata, int rows, Filler filler)
      throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
            .withType(schema)
            .withExtraMetaData(metadata)
            .build()) {
      var groups = new SimpleGroupFactory(schema);
      for (int i = 0; i < rows; i++) {
        Group row = groups.newGroup();
        filler.fill(row, i);
        writer.write(row);
      }
    }
  }

  private static byte[] png(int number) {
    int[] rgb = RandomStream.of(number).ints(16, 0, 1 << 24).toArray();
    return ImageFiles.png(Pixels.ofRgb(rgb, 4, 4));
  }
}
