package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.inference.ModelTask;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** A trained model that scores the images or texts of data frames. Executors read its folder. */
public final class Scoring {

  private final SparkSession spark;
  private final StorageFactory storages;
  private final ModelFolder model;
  private @Nullable String digest;

  private Scoring(SparkSession spark, StorageFactory storages, ModelFolder model) {
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
  public static Scoring open(SparkSession spark, String uri) {
    var storages = new HadoopStorageFactory(spark.sparkContext().hadoopConfiguration());
    return new Scoring(spark, storages, ModelFolder.open(storages.open(uri)));
  }

  /** Names of the classes; a prediction is an index into them. */
  public List<String> classNames() {
    return model.classNames();
  }

  /** What the model tells of its samples. */
  public ModelTask task() {
    return model.task();
  }

  /** Whether the model reads texts instead of images. */
  public boolean readsTexts() {
    return model.readsTexts();
  }

  /** Whether a sample may have any number of the classes, each with a probability of its own. */
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
   * Scores a frame's samples, when its rows are asked for.
   *
   * @param samples the frame
   * @param input the column that they are in
   * @param scorer what is told of them
   */
  public Dataset<Row> score(
      Dataset<Row> samples, InputColumn input, Scorer scorer, Inference.Terms terms) {
    StructType schema = samples.schema();
    var inference =
        new Inference(
            storages,
            model.uri(),
            digest(),
            SparkSettings.of(spark.sparkContext().getConf()),
            input,
            scorer,
            terms);
    return samples.mapPartitions(inference, Encoders.row(scorer.columns().addedTo(schema)));
  }
}
