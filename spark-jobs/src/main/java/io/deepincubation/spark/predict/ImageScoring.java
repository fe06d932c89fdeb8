package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A trained model that scores the images of data frames. Executors read its folder. */
public final class ImageScoring {

  private static final List<String> USUAL_COLUMNS = List.of("image", "content", "path");

  private final SparkSession spark;
  private final StorageFactory storages;
  private final ModelFolder model;
  private @Nullable String digest;

  private ImageScoring(SparkSession spark, StorageFactory storages, ModelFolder model) {
    this.spark = spark;
    this.storages = storages;
    this.model = model;
  }

  /**
   * Opens a model.
   *
   * @param spark scores
   * @param uri the folder {@code final} of a run, or an exported one, on any Hadoop file system
   * @throws UnfitDataException if there is no model, or one that this library cannot compute
   * @throws io.deepincubation.core.storage.StorageException if the file system refuses
   */
  public static ImageScoring open(SparkSession spark, String uri) {
    var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
    return new ImageScoring(spark, storages, ModelFolder.open(storages.open(uri)));
  }

  /** Names of the classes; a prediction is an index into them. */
  public List<String> classNames() {
    return model.classNames();
  }

  /** Whether an image may have any number of the classes, each with a probability of its own. */
  public boolean hasSeveralLabels() {
    return model.hasSeveralLabels();
  }

  /** SHA-256 over configuration and weights, which are read for it where no result tells it. */
  public synchronized String digest() {
    String known = digest == null ? model.digest() : digest;
    digest = known;
    return known;
  }

  /**
   * Scores a frame's images, when its rows are asked for.
   *
   * @param images the frame
   * @param column that {@link #column} found
   * @param columns that are added
   */
  public Dataset<Row> score(
      Dataset<Row> images, String column, ScoreColumns columns, Inference.Terms terms) {
    StructType schema = images.schema();
    var inference =
        new Inference(
            storages,
            model.uri(),
            digest(),
            SparkSettings.of(spark.sparkContext().getConf()),
            ImageColumn.of(schema, column),
            columns,
            terms);
    return images.mapPartitions(inference, Encoders.row(columns.addedTo(schema)));
  }

  /**
   * The column of a frame that images are in.
   *
   * @param named what a user says; empty for the first of {@code image, content, path}
   * @param naming how users say it, for messages
   * @throws UnfitDataException if there is none
   */
  public static String column(StructType schema, String named, String naming) {
    List<String> names = Arrays.asList(schema.fieldNames());
    if (!named.isEmpty()) {
      return named;
    }
    return USUAL_COLUMNS.stream()
        .filter(names::contains)
        .findFirst()
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "Cannot find images: expected a column of %s, got %s; name it with %s",
                        USUAL_COLUMNS,
                        names,
                        naming)));
  }
}
