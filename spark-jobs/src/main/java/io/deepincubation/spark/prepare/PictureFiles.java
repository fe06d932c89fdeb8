package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.machine.NameEncoding;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.prepare.FileListing.Entry;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Tuple3;

/**
 * JPEG and PNG files, which tasks of about as many bytes each read by their names.
 *
 * @param root the URI of the folder that they are below
 * @param images the files
 */
record PictureFiles(String root, List<Picture> images) {

  /** Names of files of images end so, in any case. */
  private static final Set<String> EXTENSIONS = Set.of(".jpg", ".jpeg", ".png");

  /** What opening a file counts for where files are packed into tasks. */
  private static final long COST_OF_A_FILE = 1 << 16;

  private static final long MOST_BYTES_OF_A_TASK = 128L << 20;
  private static final long FEWEST_BYTES_OF_A_TASK = 1L << 20;

  /** The texts of a picture that cross the wire. */
  private static final int TEXTS = 3;

  /** The numbers of a picture that cross the wire. */
  private static final int NUMBERS = 2;

  /** The columns of Spark's {@code binaryFile} source, but the content. */
  private static final StructType FILES =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("modificationTime", DataTypes.TimestampType)
          .add("length", DataTypes.LongType);

  /** A file, what its folders tell, and what is annotated on its image. */
  record Picture(Entry file, String split, String label, byte[] annotation) {

    private static final byte[] NOTHING = {};

    Picture(Entry file, String split, String label) {
      this(file, split, label, NOTHING);
    }
  }

  /** Whether a file is one of images by its name. */
  static boolean isPicture(Entry file) {
    return !file.isHidden() && EXTENSIONS.contains(file.extension());
  }

  /**
   * The images among files, at any depth.
   *
   * @param leftOut takes the others
   * @throws UnfitDataException if there are none
   */
  static PictureFiles of(FileListing listing, String from, LeftOut.Counter leftOut) {
    var images = new ArrayList<Picture>();
    for (Entry file : listing.files()) {
      if (isPicture(file)) {
        images.add(new Picture(file, "", ""));
      } else {
        leftOut.add(file.kind(), file.name());
      }
    }
    if (images.isEmpty()) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read images from %s: expected .jpg, .jpeg or .png files below it, got %s",
              from,
              found(listing.files())));
    }
    return new PictureFiles(listing.root(), images);
  }

  /** What there is instead, and what to do. */
  private static String found(List<Entry> files) {
    if (files.isEmpty()) {
      return "no files";
    }
    var kinds = new TreeMap<String, Long>();
    files.forEach(file -> kinds.merge(file.kind(), 1L, Long::sum));
    String advice =
        TableFolder.EXTENSIONS.values().stream().flatMap(Set::stream).anyMatch(kinds::containsKey)
            ? "; give --format parquet or orc"
            : "; images of other kinds must become JPEG or PNG";
    return new LeftOut(kinds, "").inWords() + advice;
  }

  /** How many there are by split and label. */
  Map<String, Map<String, Long>> counts() {
    var counts = new LinkedHashMap<String, Map<String, Long>>();
    for (Picture image : images) {
      counts
          .computeIfAbsent(image.split(), unused -> new LinkedHashMap<>())
          .merge(image.label(), 1L, Long::sum);
    }
    return counts;
  }

  /** The files' paths, times and lengths. */
  Dataset<Row> frame(SparkSession spark) {
    String folder = root;
    return spark.createDataFrame(read(spark, group -> rows(folder, group).iterator()), FILES);
  }

  /** The same and their contents, null where a file cannot be read. */
  Dataset<Row> frameWithContent(SparkSession spark, StorageFactory storages) {
    String folder = root;
    JavaRDD<Row> rows =
        read(
            spark,
            group -> {
              Iterator<RawSample> samples = read(storages.open(folder), folder, group);
              return rows(folder, group).stream()
                  .map(row -> withContent(row, samples.next().content()))
                  .iterator();
            });
    return spark.createDataFrame(rows, FILES.add("content", DataTypes.BinaryType));
  }

  private static Row withContent(Row row, byte @Nullable [] content) {
    return RowFactory.create(row.get(0), row.get(1), row.get(2), content);
  }

  /** The images as samples. */
  JavaRDD<RawSample> samples(SparkSession spark, StorageFactory storages) {
    String folder = root;
    return read(spark, group -> read(storages.open(folder), folder, group));
  }

  private <T> JavaRDD<T> read(
      SparkSession spark, Function<Tuple3<String[], long[], byte[][]>, Iterator<T>> reading) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Tuple3<String[], long[], byte[][]>> groups = groups(context.defaultParallelism());
    return context.parallelize(groups, groups.size()).flatMap(reading::call);
  }

  /** Files for one task each, in order. */
  private List<Tuple3<String[], long[], byte[][]>> groups(int parallelism) {
    long all = images.stream().mapToLong(PictureFiles::cost).sum();
    long most = Math.min(MOST_BYTES_OF_A_TASK, Math.max(FEWEST_BYTES_OF_A_TASK, all / parallelism));
    var groups = new ArrayList<Tuple3<String[], long[], byte[][]>>();
    int first = 0;
    long bytes = 0;
    for (int i = 0; i < images.size(); i++) {
      bytes += cost(images.get(i));
      if (bytes >= most || i == images.size() - 1) {
        groups.add(group(images.subList(first, i + 1)));
        first = i + 1;
        bytes = 0;
      }
    }
    return groups;
  }

  private static long cost(Picture image) {
    return image.file().length() + COST_OF_A_FILE;
  }

  /** Texts, numbers and bytes alone cross the wire. */
  private static Tuple3<String[], long[], byte[][]> group(List<Picture> images) {
    var texts = new String[TEXTS * images.size()];
    var numbers = new long[NUMBERS * images.size()];
    var annotations = new byte[images.size()][];
    for (int i = 0; i < images.size(); i++) {
      Picture image = images.get(i);
      texts[TEXTS * i] = image.file().name();
      texts[TEXTS * i + 1] = image.split();
      texts[TEXTS * i + 2] = image.label();
      numbers[NUMBERS * i] = image.file().length();
      numbers[NUMBERS * i + 1] = image.file().modified();
      annotations[i] = image.annotation();
    }
    return new Tuple3<>(texts, numbers, annotations);
  }

  private static List<Row> rows(String root, Tuple3<String[], long[], byte[][]> group) {
    String[] texts = group._1();
    long[] numbers = group._2();
    return IntStream.range(0, texts.length / TEXTS)
        .mapToObj(
            i ->
                RowFactory.create(
                    FileListing.at(root, texts[TEXTS * i]),
                    new Timestamp(numbers[NUMBERS * i + 1]),
                    numbers[NUMBERS * i]))
        .toList();
  }

  private static Iterator<RawSample> read(
      Storage storage, String root, Tuple3<String[], long[], byte[][]> group) {
    String[] texts = group._1();
    return IntStream.range(0, texts.length / TEXTS)
        .mapToObj(
            i ->
                read(storage, root, texts[TEXTS * i], texts[TEXTS * i + 1], texts[TEXTS * i + 2])
                    .annotated(group._3()[i]))
        .iterator();
  }

  private static RawSample read(
      Storage storage, String root, String name, String split, String label) {
    String origin = FileListing.at(root, name);
    try (InputStream stream = storage.open(name)) {
      return new RawSample(origin, split, label, stream.readAllBytes());
    } catch (InvalidPathException e) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot read %s: expected a Java whose file names are UTF-8, got %s; set"
                  + " LC_ALL=C.UTF-8 on executors (spark.executorEnv.LC_ALL)",
              origin,
              NameEncoding.here()),
          e);
    } catch (StorageException e) {
      if (!isOfTheFileAlone(e)) {
        throw e;
      }
      return new RawSample(origin, split, label, null, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new RawSample(origin, split, label, null, String.valueOf(e.getMessage()));
    }
  }

  /** Whether a file is gone or kept from us, while the file system works. */
  private static boolean isOfTheFileAlone(StorageException refusal) {
    @Nullable Throwable cause = refusal.getCause();
    return cause instanceof NoSuchFileException
        || cause instanceof FileNotFoundException
        || cause instanceof AccessDeniedException
        || cause instanceof AccessControlException;
  }
}
