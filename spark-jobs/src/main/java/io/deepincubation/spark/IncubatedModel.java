package io.deepincubation.spark;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.predict.ImageColumn;
import io.deepincubation.spark.predict.Inference;
import io.deepincubation.spark.predict.PredictionColumns;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A trained model that classifies the images of a data frame.
 *
 * <pre>{@code
 * Dataset<Row> scored = IncubatedModel.load(spark, "s3a://runs/42/final").transform(images);
 * }</pre>
 *
 * <p>The images are in a column of Spark's {@code image} source, of JPEG or PNG files, or of paths
 * to such files. All columns of the frame are kept; new ones, see {@link PredictionColumns}, hold
 * the predicted class, the probability of each class and the likeliest ones, and of models that
 * tell several labels all likely classes. An image that is missing or cannot be read has null
 * predictions and a reason.
 *
 * <p>Executors read the weights from the model's folder, once a process. Tasks use {@code
 * spark.task.cpus} processors, or the GPU that Spark assigned. Instances do not change; each
 * setting gives a new one.
 */
@Stable
public final class IncubatedModel {

  private static final List<String> USUAL_COLUMNS = List.of("image", "content", "path");

  private final SparkSession spark;
  private final StorageFactory storages;
  private final ModelFolder model;
  private final String digest;
  private final String inputColumn;
  private final PredictionColumns columns;
  private final Inference.Terms terms;

  private IncubatedModel(
      SparkSession spark,
      StorageFactory storages,
      ModelFolder model,
      String digest,
      String inputColumn,
      PredictionColumns columns,
      Inference.Terms terms) {
    this.spark = spark;
    this.storages = storages;
    this.model = model;
    this.digest = digest;
    this.inputColumn = inputColumn;
    this.columns = columns;
    this.terms = terms;
  }

  /**
   * Opens a model.
   *
   * @param spark classifies
   * @param uri the folder {@code final} of a run, or an exported one, on any Hadoop file system
   * @throws UnfitDataException if there is no model, or one that this library cannot compute
   * @throws io.deepincubation.core.storage.StorageException if the file system refuses
   */
  public static IncubatedModel load(SparkSession spark, String uri) {
    var context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    var storages = new HadoopStorageFactory(context.hadoopConfiguration());
    ModelFolder model = ModelFolder.open(storages.open(uri));
    return new IncubatedModel(
        spark, storages, model, model.digest(), "", PredictionColumns.USUAL, Inference.Terms.USUAL);
  }

  /** With images in this column; by default the first of {@code image, content, path}. */
  public IncubatedModel inputColumn(String name) {
    return new IncubatedModel(spark, storages, model, digest, name, columns, terms);
  }

  /** With new columns of these names. */
  public IncubatedModel outputColumns(PredictionColumns names) {
    return new IncubatedModel(spark, storages, model, digest, inputColumn, names, terms);
  }

  /** With so many of the likeliest classes, 1 or more; 5 by default. */
  public IncubatedModel topK(int classes) {
    return with(new Inference.Terms(classes, terms.batch(), terms.precision()));
  }

  /** With so many images computed at once, 1 or more; 64 by default. */
  public IncubatedModel batchSize(int images) {
    return with(new Inference.Terms(terms.topK(), images, terms.precision()));
  }

  /**
   * With products computed so; {@link Precision#FP32} by default. The others are faster on some
   * machines, and give probabilities that differ in the third digit.
   */
  public IncubatedModel precision(Precision wanted) {
    return with(new Inference.Terms(terms.topK(), terms.batch(), wanted));
  }

  private IncubatedModel with(Inference.Terms other) {
    return new IncubatedModel(spark, storages, model, digest, inputColumn, columns, other);
  }

  /** Names of the classes; a prediction is an index into them. */
  public List<String> classNames() {
    return model.classNames();
  }

  /** Whether an image may have any number of the classes, each with a probability of its own. */
  public boolean hasSeveralLabels() {
    return model.hasSeveralLabels();
  }

  /** SHA-256 over configuration and weights. */
  public String digest() {
    return digest;
  }

  /**
   * Classifies the images of a frame, when its rows are asked for.
   *
   * @param images the frame
   * @return its columns, and the predictions'
   * @throws UnfitDataException if the frame has no column of images
   * @throws UsageException if the frame has a column of a new one's name
   */
  public Dataset<Row> transform(Dataset<Row> images) {
    StructType schema = images.schema();
    ImageColumn input = ImageColumn.of(schema, column(schema));
    var inference =
        new Inference(
            storages,
            model.uri(),
            digest,
            SparkSettings.of(spark.sparkContext().getConf()),
            input,
            terms,
            model.hasSeveralLabels());
    return images.mapPartitions(
        inference, Encoders.row(columns.addedTo(schema, model.hasSeveralLabels())));
  }

  /** The column of a frame that images are read from. */
  public String column(StructType schema) {
    List<String> names = Arrays.asList(schema.fieldNames());
    if (!inputColumn.isEmpty()) {
      return inputColumn;
    }
    return USUAL_COLUMNS.stream()
        .filter(names::contains)
        .findFirst()
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "Cannot find images: expected a column of %s, got %s; name it with"
                            + " inputColumn, or --image-column",
                        USUAL_COLUMNS,
                        names)));
  }
}
