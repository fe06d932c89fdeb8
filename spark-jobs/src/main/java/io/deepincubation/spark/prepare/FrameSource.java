package io.deepincubation.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_extract;

import io.deepincubation.core.data.pixels.ImageFiles;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a data frame: an image column, binary or of Spark's {@code image} source, a label column
 * and perhaps a split column. Frames of files (Spark's {@code binaryFile} and {@code image}
 * sources) may do without labels: an image's folder is its class.
 *
 * <p>Whole numbers from 0 are labels as they are; texts become numbers in their alphabetical order.
 */
final class FrameSource implements SampleSource {

  /** The folder of a file's path. */
  private static final String FOLDER = "([^/]+)/[^/]+$";

  private static final int MOST_CLASSES = 1_000_000;

  private final Dataset<Row> rows;
  private final boolean texts;
  private final boolean structs;
  private final Map<String, Map<String, Long>> counts;

  private FrameSource(Dataset<Row> rows, boolean texts, boolean structs) {
    this.rows = rows;
    this.texts = texts;
    this.structs = structs;
    counts = count(rows);
  }

  /**
   * Rows with the columns' usual or given names.
   *
   * @param what the frame is called in messages
   * @throws UnfitDataException if a column is missing or of another type
   */
  static FrameSource of(Dataset<Row> frame, Columns columns, String what) {
    DataType image = type(frame, columns.image(), what, "JPEG or PNG files");
    boolean struct = image instanceof StructType;
    if (!struct && !(image instanceof BinaryType)) {
      throw new UnfitDataException(
          String.format(
              "Cannot read images from %s: expected column %s of binary or image type, got %s",
              what, columns.image(), image.simpleString()));
    }
    Optional<Column> path = path(frame, columns, struct);
    boolean folders = path.isPresent() && !has(frame, columns.label());
    boolean texts = folders || type(frame, columns.label(), what, "labels") instanceof StringType;
    Column label =
        folders ? regexp_extract(path.get(), FOLDER, 1) : col(columns.label()).cast("string");
    Column split = lit("");
    if (!columns.split().isEmpty()) {
      type(frame, columns.split(), what, "splits");
      split = col(columns.split()).cast("string");
    }
    return new FrameSource(
        frame.select(
            path.orElseGet(functions::input_file_name).as("origin"),
            split.as("split"),
            label.as("label"),
            col(columns.image()).as("image")),
        texts,
        struct);
  }

  /** Where each row's file lies, if the frame comes of files; their folders are classes then. */
  private static Optional<Column> path(Dataset<Row> frame, Columns columns, boolean struct) {
    if (struct) {
      return Optional.of(col(columns.image() + ".origin"));
    }
    return has(frame, "path") ? Optional.of(col("path")) : Optional.empty();
  }

  private static boolean has(Dataset<Row> frame, String column) {
    return List.of(frame.columns()).contains(column);
  }

  private static DataType type(Dataset<Row> frame, String column, String what, String holding) {
    return Arrays.stream(frame.schema().fields())
        .filter(field -> field.name().equals(column))
        .findFirst()
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        "Cannot read images from %s: expected column %s with %s, got %s; name the"
                            + " columns with --image-column, --label-column and --split-column",
                        what, column, holding, Arrays.toString(frame.columns()))))
        .dataType();
  }

  private static Map<String, Map<String, Long>> count(Dataset<Row> rows) {
    var counts = new LinkedHashMap<String, Map<String, Long>>();
    List<Row> counted = rows.groupBy("split", "label").count().collectAsList();
    for (Row row : counted) {
      counts
          .computeIfAbsent(Splits.named(text(row, 0)), unused -> new LinkedHashMap<>())
          .merge(text(row, 1), row.getLong(2), Long::sum);
    }
    return counts;
  }

  private static String text(Row row, int column) {
    return Optional.ofNullable(row.getString(column)).orElse("");
  }

  @Override
  public List<String> classNames() {
    var names = new TreeSet<String>();
    counts.values().forEach(ofSplit -> names.addAll(ofSplit.keySet()));
    names.remove("");
    if (texts) {
      return List.copyOf(names);
    }
    long highest =
        names.stream()
            .filter(name -> name.matches("\\d{1,9}"))
            .mapToLong(Long::parseLong)
            .max()
            .orElse(-1);
    if (highest >= MOST_CLASSES) {
      throw new UnfitDataException(
          String.format(
              "Cannot use labels up to %d: expected class numbers from 0, below %d; cast the"
                  + " column to a text to have the classes numbered",
              highest, MOST_CLASSES));
    }
    return LongStream.rangeClosed(0, highest).mapToObj(Long::toString).toList();
  }

  @Override
  public Map<String, Map<String, Long>> counts() {
    return counts;
  }

  @Override
  public JavaRDD<RawSample> samples() {
    boolean ofStructs = structs;
    return rows.javaRDD().map(row -> sample(row, ofStructs));
  }

  private static RawSample sample(Row row, boolean ofStructs) {
    return new RawSample(
        text(row, 0), Splits.named(text(row, 1)), row.getString(2), image(row, ofStructs));
  }

  private static byte @Nullable [] image(Row row, boolean ofStructs) {
    if (row.isNullAt(3)) {
      return null;
    }
    return ofStructs
        ? ImageRows.pixels(row.getStruct(3)).map(ImageFiles::png).orElse(null)
        : row.getAs(3);
  }
}
