package io.deepincubation.spark.prepare;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.spark.prepare.FileListing.Entry;
import io.deepincubation.spark.storage.HadoopPaths;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Parquet or ORC files in a folder: directly, in folders of partitions ({@code day=1}), or in
 * folders of any other name; or one file. Where names of folders or files tell splits, as {@code
 * train-00000-of-00001.parquet} does, each row is of its file's.
 */
final class TableFolder {

  /** What names of files of these formats end with, in any case. */
  static final Map<SourceFormat, Set<String>> EXTENSIONS =
      Map.of(
          SourceFormat.PARQUET, Set.of(".parquet", ".pq", ".parq"),
          SourceFormat.ORC, Set.of(".orc"));

  /** Timestamps of nanoseconds become whole numbers: Spark has none so fine. */
  private static final String NANOSECONDS = "spark.sql.legacy.parquet.nanosAsLong";

  /** Where Hugging Face's libraries keep the types of a table's columns. */
  private static final String FEATURES = "huggingface";

  private final FileListing listing;
  private final SourceFormat format;
  private final boolean byExtension;
  private final List<Entry> files;

  /**
   * Finds the files.
   *
   * @throws UnfitDataException if there are none
   */
  TableFolder(FileListing listing, SourceFormat format, String from) {
    this.listing = listing;
    this.format = format;
    byExtension = listing.files().stream().anyMatch(file -> isTable(file, format));
    files = listing.files().stream().filter(this::isData).toList();
    if (files.isEmpty()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected %s files, got %s",
              from,
              format.word(),
              listing.files().isEmpty() ? "none" : leftOut().inWords()));
    }
  }

  /** Whether a file is of a format by its name. */
  static boolean isTable(Entry file, SourceFormat format) {
    return !isKeptBack(file) && hasExtension(file, format);
  }

  private static boolean hasExtension(Entry file, SourceFormat format) {
    return EXTENSIONS.getOrDefault(format, Set.of()).contains(file.extension());
  }

  private boolean isData(Entry file) {
    return listing.isFile() || (!isKeptBack(file) && (!byExtension || hasExtension(file, format)));
  }

  /** Files that Spark takes for its own: of names that begin with a dot or an underscore. */
  private static boolean isKeptBack(Entry file) {
    return Arrays.stream(file.name().split("/", -1))
        .anyMatch(part -> part.startsWith(".") || (part.startsWith("_") && !part.contains("=")));
  }

  /** The rows, and what their files' names and footers tell. */
  SourceFrame frame(SparkSession spark, StorageFactory storages) {
    Optional<FileMetaData> footer = footer(storages.open(listing.root()));
    return new SourceFrame(
        rows(spark, footer),
        split(),
        footer.map(TableFolder::classNames).orElse(Map.of()),
        leftOut());
  }

  private LeftOut leftOut() {
    var counter = new LeftOut.Counter();
    for (Entry file : listing.files()) {
      if (!isData(file) && (!isKeptBack(file) || hasExtension(file, format))) {
        counter.add(isKeptBack(file) ? "hidden" : file.kind(), file.name());
      }
    }
    return counter.sum();
  }

  private Dataset<Row> rows(SparkSession spark, Optional<FileMetaData> footer) {
    try {
      return loaded(
          footer.map(FileMetaData::getSchema).filter(TableFolder::hasNanoseconds).isPresent()
              ? withNanoseconds(spark)
              : spark);
    } catch (AssertionError e) { // by which Spark says so
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected folders of the same partitions, got %s",
              listing.root(),
              FirstLine.paragraph(e.getMessage())),
          e);
    }
  }

  private static boolean hasNanoseconds(MessageType schema) {
    return schema.toString().contains("NANOS");
  }

  private static SparkSession withNanoseconds(SparkSession spark) {
    SparkSession own = spark.newSession();
    own.conf().set(NANOSECONDS, "true");
    return own;
  }

  /** Spark finds the partitions of one folder alone. */
  private Dataset<Row> loaded(SparkSession spark) {
    return hasPartitions()
        ? Stream.of(places())
            .map(place -> reader(spark).load(place))
            .reduce((one, other) -> one.unionByName(other, /* allowMissingColumns= */ true))
            .orElseThrow()
        : reader(spark).load(places());
  }

  /**
   * Local files are read as they are, without Hadoop's checksum files beside them, whose names it
   * cannot make for every file's. Executors keep the file systems of other tables with the settings
   * that they were read with, so those get none.
   */
  private DataFrameReader reader(SparkSession spark) {
    DataFrameReader reader = spark.read().format(format.word());
    if (listing.isLocal()) {
      reader =
          reader
              .option("fs.file.impl", RawLocalFileSystem.class.getName())
              .option("fs.file.impl.disable.cache", "true");
    }
    if (listing.isFile()) {
      return reader;
    }
    if (byExtension) {
      reader = reader.option("pathGlobFilter", "*{" + String.join(",", endings()) + "}");
    }
    return hasPartitions() ? reader : reader.option("recursiveFileLookup", "true");
  }

  private Set<String> endings() {
    return files.stream()
        .map(file -> file.name().substring(file.name().lastIndexOf('.')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private boolean hasPartitions() {
    return files.stream().anyMatch(file -> !base(file.name()).equals(folder(file.name())));
  }

  private String[] places() {
    if (listing.isFile()) {
      return new String[] {literally(files.get(0).name())};
    }
    return hasPartitions()
        ? files.stream().map(file -> literally(base(file.name()))).distinct().toArray(String[]::new)
        : new String[] {literally("")};
  }

  private String literally(String name) {
    return HadoopPaths.literally(
        name.isEmpty() ? listing.root() : FileListing.at(listing.root(), name));
  }

  private static String folder(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('/')));
  }

  /** A file's folder without those of partitions at its end. */
  private static String base(String name) {
    String folder = folder(name);
    while (folder.substring(folder.lastIndexOf('/') + 1).contains("=")) {
      folder = folder(folder);
    }
    return folder;
  }

  private @Nullable Column split() {
    if (listing.isFile() || files.stream().allMatch(file -> Splits.ofFile(file.name()).isEmpty())) {
      return null;
    }
    String root = HadoopPaths.of(listing.root()).toUri().getPath();
    UDF1<String, String> split = file -> Splits.ofFile(below(root, file));
    return functions.udf(split, DataTypes.StringType).apply(functions.input_file_name());
  }

  /** Files whose names tell no split though others' do. */
  List<String> withoutSplit() {
    return files.stream().map(Entry::name).filter(name -> Splits.ofFile(name).isEmpty()).toList();
  }

  private static String below(String root, String file) {
    String path = HadoopPaths.of(decoded(file)).toUri().getPath();
    return path.substring(Math.min(path.length(), root.length()));
  }

  /** A place that Spark percent-coded, as it is; any other text as it stands. */
  static String decoded(String place) {
    try {
      return place.isEmpty() ? place : new Path(new URI(place)).toString();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return place;
    }
  }

  /** What the first file tells of itself; Spark says better what is wrong with one. */
  private Optional<FileMetaData> footer(Storage storage) {
    if (format != SourceFormat.PARQUET) {
      return Optional.empty();
    }
    try (var reader = ParquetFileReader.open(storage.inputFile(files.get(0).name()))) {
      return Optional.of(reader.getFooter().getFileMetaData());
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static Map<String, List<String>> classNames(FileMetaData footer) {
    try {
      String features = footer.getKeyValueMetaData().getOrDefault(FEATURES, "{\"info\": {}}");
      return classNames(JsonParser.parseString(features).getAsJsonObject());
    } catch (RuntimeException e) {
      return Map.of(); // others may use that key too
    }
  }

  /** What a column's type, or that of the elements of its arrays, is told by. */
  private static JsonElement ofElements(JsonElement type) {
    return type instanceof JsonObject array && array.has("feature") ? array.get("feature") : type;
  }

  private static Map<String, List<String>> classNames(JsonObject metadata) {
    var names = new LinkedHashMap<String, List<String>>();
    JsonObject features = metadata.getAsJsonObject("info").getAsJsonObject("features");
    for (Map.Entry<String, JsonElement> feature : features.entrySet()) {
      if (ofElements(feature.getValue()) instanceof JsonObject type && type.has("names")) {
        var ofClasses = new ArrayList<String>();
        type.getAsJsonArray("names").forEach(name -> ofClasses.add(name.getAsString()));
        names.put(feature.getKey(), ofClasses);
      }
    }
    return names;
  }
}
