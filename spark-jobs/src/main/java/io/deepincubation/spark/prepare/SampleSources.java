package io.deepincubation.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.CifarSource;
import io.deepincubation.core.data.source.IdxSource;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Opens the source of a preparation. */
final class SampleSources {

  private static final String IMAGE_FILES = "*.{jpg,jpeg,png,JPG,JPEG,PNG}";

  /** The folder of the folder of a file's path. */
  private static final String SPLIT = "([^/]+)/[^/]+/[^/]+$";

  /** What a small file counts for where Spark packs files into tasks. */
  private static final String COST_OF_A_FILE = "65536";

  /** The columns of images in files of a format of their own. */
  private static final StructType SAMPLES =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("split", DataTypes.StringType)
          .add("class", DataTypes.StringType)
          .add("image", DataTypes.BinaryType);

  private final SparkSession spark;
  private final StorageFactory storages;

  SampleSources(SparkSession spark, StorageFactory storages) {
    this.spark = spark;
    this.storages = storages;
  }

  /**
   * Finds out the format where that is not given, and opens the source.
   *
   * @throws UnfitDataException if there is nothing, or nothing that can be read
   */
  SampleSource open(Preparation request) {
    SourceFormat format =
        request.format() == SourceFormat.AUTO ? detect(request.from()) : request.format();
    return switch (format) {
      case CIFAR -> files(request.from(), FileFormat.CIFAR);
      case IDX -> files(request.from(), FileFormat.IDX);
      case IMAGE_FOLDER, AUTO -> folder(request.from());
      case TABLE, PARQUET, ORC, DELTA, ICEBERG ->
          FrameSource.of(frame(request.from(), format), request.columns(), request.from());
    };
  }

  /**
   * The images as a frame with all columns of the source; those of CIFAR and IDX files have the
   * columns {@code origin}, {@code split}, {@code class} and {@code image}, image files those of
   * Spark's {@code binaryFile} source.
   *
   * @throws UnfitDataException if there is nothing, or nothing that can be read
   */
  Dataset<Row> frame(String from, SourceFormat wanted) {
    SourceFormat format = wanted == SourceFormat.AUTO ? detect(from) : wanted;
    return switch (format) {
      case CIFAR -> rows(files(from, FileFormat.CIFAR));
      case IDX -> rows(files(from, FileFormat.IDX));
      case IMAGE_FOLDER, AUTO -> imageFiles(from);
      case TABLE -> spark.table(from);
      case PARQUET, ORC, DELTA, ICEBERG -> spark.read().format(format.word()).load(from);
    };
  }

  private Dataset<Row> rows(SampleSource source) {
    JavaRDD<Row> rows =
        source
            .samples()
            .map(
                sample ->
                    RowFactory.create(
                        sample.origin(), sample.split(), sample.label(), sample.image()));
    return spark.createDataFrame(rows, SAMPLES);
  }

  private SampleSource files(String uri, FileFormat format) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return new FileSource(context, storages, uri, format);
  }

  /** Images in class folders, which are in folders of splits or stand alone. */
  private SampleSource folder(String uri) {
    List<String> folders = folders(uri);
    List<String> splits = folders.stream().filter(SampleSources::isSplit).toList();
    String root = uri.endsWith("/") ? uri : uri + "/";
    String[] paths =
        splits.isEmpty()
            ? new String[] {uri}
            : splits.stream().map(split -> root + split).toArray(String[]::new);
    Dataset<Row> files =
        imageFiles(paths)
            .withColumn(
                "split", splits.isEmpty() ? lit("") : regexp_extract(col("path"), SPLIT, 1));
    return FrameSource.of(files, new Columns("content", "label", "split"), uri);
  }

  /** Image files at any depth below some folders. */
  private Dataset<Row> imageFiles(String... folders) {
    SparkSession own = spark.newSession();
    own.conf().set("spark.sql.files.openCostInBytes", COST_OF_A_FILE);
    return own.read()
        .format("binaryFile")
        .option("recursiveFileLookup", "true")
        .option("pathGlobFilter", IMAGE_FILES)
        .load(folders);
  }

  private static boolean isSplit(String folder) {
    return List.of("train", "test", "val").contains(Splits.named(folder));
  }

  private SourceFormat detect(String from) {
    if (!from.contains("/") && spark.catalog().tableExists(from)) {
      return SourceFormat.TABLE;
    }
    Storage folder = storages.open(from);
    if (CifarSource.isIn(folder)) {
      return SourceFormat.CIFAR;
    }
    if (IdxSource.isIn(folder)) {
      return SourceFormat.IDX;
    }
    List<String> names = Stream.concat(folders(from).stream(), folder.list("").stream()).toList();
    if (names.contains("_delta_log")) {
      return SourceFormat.DELTA;
    }
    if (names.contains("metadata") && names.contains("data")) {
      return SourceFormat.ICEBERG;
    }
    if (names.stream().anyMatch(name -> name.endsWith(".orc"))) {
      return SourceFormat.ORC;
    }
    boolean parquet = names.stream().anyMatch(name -> name.endsWith(".parquet"));
    return parquet ? SourceFormat.PARQUET : SourceFormat.IMAGE_FOLDER;
  }

  /** Names of the folders in a folder. */
  private List<String> folders(String uri) {
    var root = new Path(uri);
    try {
      FileSystem fileSystem = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
      return Stream.of(fileSystem.listStatus(root))
          .filter(FileStatus::isDirectory)
          .map(folder -> folder.getPath().getName())
          .sorted()
          .toList();
    } catch (FileNotFoundException e) {
      throw new UnfitDataException(
          "Cannot read images from " + uri + ": expected a folder or a table, got nothing there",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
