package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.source.CifarSource;
import io.deepincubation.core.data.source.IdxSource;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.storage.HadoopPaths;
import io.deepincubation.spark.storage.StorageFactory;
import io.deepincubation.spark.storage.StorageFailure;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
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
import org.jspecify.annotations.Nullable;

/** Opens the source of a preparation. */
final class SampleSources {

  private static final int TOLD = 3;

  /** The columns of images in files of a format of their own. */
  private static final StructType SAMPLES =
      new StructType()
          .add("origin", DataTypes.StringType)
          .add("split", DataTypes.StringType)
          .add("class", DataTypes.StringType)
          .add("image", DataTypes.BinaryType);

  private final SparkSession spark;
  private final StorageFactory storages;

  /** Made once, of the one source that is opened. */
  private @Nullable FileListing listing;

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
    String from = request.from();
    SourceFormat format = format(from, request.format());
    if (request.texts() != null) {
      requireTable("texts", from, format);
    }
    Scenes scenes = request.scenes();
    if (scenes != null && !scenes.masks().isEmpty()) {
      FileListing masks =
          FileListing.of(scenes.masks(), spark.sparkContext().hadoopConfiguration());
      return new MaskFolder(spark, storages, listing(from), masks, request, scenes);
    }
    if (scenes != null && !scenes.annotations().isEmpty()) {
      return new CocoFolder(spark, storages, listing(from), request, scenes);
    }
    if (scenes != null) {
      requireTable("annotated images", from, format);
    }
    return switch (format) {
      case CIFAR -> files(from, FileFormat.CIFAR);
      case IDX -> files(from, FileFormat.IDX);
      case IMAGE_FOLDER, AUTO -> new ImageFolder(spark, storages, listing(from), from);
      case PARQUET, ORC -> {
        TableFolder table = table(from, format);
        SourceFrame frame = table.frame(spark, storages);
        requireSplits(request, table, frame);
        yield FrameSource.of(frame, request, storages);
      }
      case TABLE, DELTA, ICEBERG -> FrameSource.of(frame(from, format), request, storages);
    };
  }

  private static void requireTable(String what, String from, SourceFormat format) {
    if (List.of(SourceFormat.CIFAR, SourceFormat.IDX, SourceFormat.IMAGE_FOLDER).contains(format)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s from %s: expected a table, got files of format %s%s",
              what,
              from,
              format.word(),
              what.equals("texts") ? "" : "; give --masks or --annotations for image files"));
    }
  }

  private static void requireSplits(Preparation request, TableFolder table, SourceFrame frame) {
    List<String> untold = table.withoutSplit();
    if (request.columns().split().isEmpty() && frame.split() != null && !untold.isEmpty()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected train, test or val in the name or folder of"
                  + " each file, since others have it, got %s; rename or move files, or name a"
                  + " column with --split-column",
              request.from(),
              Told.some(untold, TOLD)));
    }
  }

  /**
   * The images as a frame with all columns of the source; those of CIFAR and IDX files have the
   * columns {@code origin}, {@code split}, {@code class} and {@code image}, image files those of
   * Spark's {@code binaryFile} source but the content.
   *
   * @throws UnfitDataException if there is nothing, or nothing that can be read
   */
  SourceFrame frame(String from, SourceFormat wanted) {
    SourceFormat format = format(from, wanted);
    return switch (format) {
      case CIFAR -> SourceFrame.of(rows(files(from, FileFormat.CIFAR)));
      case IDX -> SourceFrame.of(rows(files(from, FileFormat.IDX)));
      case IMAGE_FOLDER, AUTO -> {
        var leftOut = new LeftOut.Counter();
        PictureFiles files = PictureFiles.of(listing(from), from, leftOut);
        yield SourceFrame.of(files.frame(spark)).leftOut(leftOut.sum());
      }
      case PARQUET, ORC -> table(from, format).frame(spark, storages);
      case TABLE -> SourceFrame.of(Warehouse.untouched(spark, () -> spark.table(from)));
      case DELTA, ICEBERG ->
          SourceFrame.of(spark.read().format(format.word()).load(HadoopPaths.of(from).toString()));
    };
  }

  /** The same; image files have their content too. */
  SourceFrame frameWithContent(String from, SourceFormat wanted) {
    if (format(from, wanted) != SourceFormat.IMAGE_FOLDER) {
      return frame(from, wanted);
    }
    var leftOut = new LeftOut.Counter();
    PictureFiles files = PictureFiles.of(listing(from), from, leftOut);
    return SourceFrame.of(files.frameWithContent(spark, storages)).leftOut(leftOut.sum());
  }

  private TableFolder table(String from, SourceFormat format) {
    return new TableFolder(listing(from), format, from);
  }

  private FileListing listing(String from) {
    if (listing == null) {
      listing = FileListing.of(from, spark.sparkContext().hadoopConfiguration());
    }
    return listing;
  }

  private Dataset<Row> rows(SampleSource source) {
    JavaRDD<Row> rows =
        source
            .samples()
            .map(
                sample ->
                    RowFactory.create(
                        sample.origin(), sample.split(), sample.label(), sample.content()));
    return spark.createDataFrame(rows, SAMPLES);
  }

  private SampleSource files(String uri, FileFormat format) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return new FileSource(context, storages, uri, format);
  }

  private SourceFormat format(String from, SourceFormat wanted) {
    requirePlace(from);
    return wanted == SourceFormat.AUTO ? detect(from) : wanted;
  }

  private static void requirePlace(String from) {
    if (from.isBlank() || from.matches("(?i)(https?|ftp):.*")) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected a folder of a file system that can be listed,"
                  + " or a table, got %s",
              from,
              from.isBlank() ? "nothing" : "a web address; download it first"));
    }
  }

  private SourceFormat detect(String from) {
    List<String> names = names(from);
    if (names.isEmpty() && !from.contains("/") && isTable(from)) {
      return SourceFormat.TABLE;
    }
    Storage folder = storages.open(from);
    if (CifarSource.isIn(folder)) {
      return SourceFormat.CIFAR;
    }
    if (IdxSource.isIn(folder)) {
      return SourceFormat.IDX;
    }
    if (names.contains("_delta_log")) {
      return SourceFormat.DELTA;
    }
    if (names.contains("metadata") && names.contains("data") && hasIcebergMetadata(from)) {
      return SourceFormat.ICEBERG;
    }
    return ofFiles(listing(from));
  }

  /** Image files, unless there are files of tables: directly in the folder, or no images. */
  private static SourceFormat ofFiles(FileListing listing) {
    boolean images = listing.files().stream().anyMatch(PictureFiles::isPicture);
    return Stream.of(SourceFormat.ORC, SourceFormat.PARQUET)
        .filter(
            format ->
                listing.files().stream()
                    .filter(file -> !images || !file.name().contains("/"))
                    .anyMatch(file -> TableFolder.isTable(file, format)))
        .findFirst()
        .orElse(SourceFormat.IMAGE_FOLDER);
  }

  private boolean hasIcebergMetadata(String from) {
    return names(FileListing.at(from, "metadata")).stream()
        .anyMatch(name -> name.endsWith(".metadata.json") || name.equals("version-hint.text"));
  }

  /** Whether the catalog has it; a text that cannot be a name is none. */
  private boolean isTable(String name) {
    try {
      return Warehouse.untouched(spark, () -> spark.catalog().tableExists(name));
    } catch (Exception e) {
      return false;
    }
  }

  /** Names of all that is in a folder; none where there is no such folder. */
  private List<String> names(String uri) {
    Path root = HadoopPaths.of(uri);
    try {
      FileSystem fileSystem = root.getFileSystem(spark.sparkContext().hadoopConfiguration());
      return Stream.of(fileSystem.listStatus(root))
          .map(FileStatus::getPath)
          .map(Path::getName)
          .toList();
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw StorageFailure.of("list", uri, e);
    }
  }
}
