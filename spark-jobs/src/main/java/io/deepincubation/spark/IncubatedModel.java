package io.deepincubation.spark;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.inference.ModelTask;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.ml.ScoringParams;
import io.deepincubation.spark.ml.StageReader;
import io.deepincubation.spark.ml.StageWriter;
import io.deepincubation.spark.predict.ClassScorer;
import io.deepincubation.spark.predict.InputColumn;
import io.deepincubation.spark.predict.Invalid;
import io.deepincubation.spark.predict.MaskForm;
import io.deepincubation.spark.predict.MaskScorer;
import io.deepincubation.spark.predict.ObjectRows;
import io.deepincubation.spark.predict.ObjectScorer;
import io.deepincubation.spark.predict.SceneColumns;
import io.deepincubation.spark.predict.Scorer;
import io.deepincubation.spark.predict.Scoring;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A trained model at work on the images or texts of a data frame: a model of Spark ML.
 *
 * <pre>{@code
 * Dataset<Row> scored = IncubatedModel.load(spark, "s3a://runs/42/final").transform(images);
 * }</pre>
 *
 * <p>The images are in a column of Spark's {@code image} source, of JPEG or PNG files, or of paths
 * to such files; texts are in a column of strings. All columns of the frame are kept; new ones hold
 * the network's outputs, the probability of each class, the likeliest class as a number and as a
 * name, and why there is none. The number is an index into {@link #labels}, which the column's
 * metadata tell too, as Spark ML's {@code IndexToString} reads them. An image that is missing or
 * cannot be read has nulls and a reason, unless {@code handleInvalid} says otherwise.
 *
 * <p>A model of segmentation tells the class of each pixel instead, in {@code maskCol}; one of
 * detection the objects with boxes and masks, in {@code objectsCol}.
 *
 * <p>The model is its folder: executors read the weights from it, once a process, so it must be
 * where they all see it. {@code save} copies it. Tasks use {@code spark.task.cpus} processors, or
 * the GPU that Spark assigned.
 */
@Stable
public final class IncubatedModel extends Model<IncubatedModel>
    implements ScoringParams<IncubatedModel>, MLWritable {

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final ScoringParams.Declared scoring;
  private final Param<String> modelFolder;
  private final Param<String> maskCol;
  private final Param<String> maskForm;
  private final Param<String> objectsCol;

  /** A model without a folder, for Spark Connect's search; {@link #load(String)} opens one. */
  public IncubatedModel() {
    this(Identifiable.randomUID("IncubatedModel"));
  }

  /** The same with a uid, for Spark ML. */
  public IncubatedModel(String uid) {
    this.uid = uid;
    scoring = new ScoringParams.Declared(uid);
    modelFolder =
        new Param<>(uid, "modelFolder", "folder of the model: final of a run, or an exported one");
    maskCol = new Param<>(uid, "maskCol", "column of the classes of pixels, by models of them");
    maskForm =
        new Param<>(
            uid,
            "maskForm",
            "how masks are written: png (a grey picture of the classes' numbers, binary) or rle"
                + " (COCO's run lengths of each class, array)",
            ParamValidators.inArray(Arrays.stream(MaskForm.values()).map(MaskForm::word).toList()));
    objectsCol = new Param<>(uid, "objectsCol", "column of the objects, by models that find them");
    scoring.setDefaults(this);
    setDefault(modelFolder, "");
    setDefault(objectsCol, SceneColumns.OBJECTS);
    setDefault(maskCol, SceneColumns.MASK);
    setDefault(maskForm, MaskForm.PNG.word());
  }

  /**
   * Opens a model.
   *
   * @param spark its configuration says how file systems are reached
   * @param uri the folder {@code final} of a run, an exported one, or one that {@code save} wrote,
   *     on any Hadoop file system
   * @throws UnfitDataException if there is no model, or one that this library cannot compute
   * @throws io.deepincubation.core.storage.StorageException if the file system refuses
   */
  public static IncubatedModel load(SparkSession spark, String uri) {
    return read().session(spark).load(uri);
  }

  /** The same with the session that there is. */
  public static IncubatedModel load(String uri) {
    return read().load(uri);
  }

  /** Opens models, with what they were saved with. */
  public static MLReader<IncubatedModel> read() {
    return new StageReader<>(IncubatedModel.class, IncubatedModel::new) {
      @Override
      public IncubatedModel load(String path) {
        Storage folder = storage(path);
        IncubatedModel model = isSaved(folder) ? super.load(path) : new IncubatedModel();
        if (model.getModelFolder().isEmpty()) {
          model.setModelFolder(path);
        }
        Scoring.open(sparkSession(), model.getModelFolder());
        return model;
      }
    };
  }

  @Override
  public MLWriter write() {
    return StageWriter.of(this, modelFolder);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public ScoringParams.Declared scoring() {
    return scoring;
  }

  @Override
  public IncubatedModel self() {
    return this;
  }

  /** The model's folder, which executors read. */
  public Param<String> modelFolder() {
    return modelFolder;
  }

  public String getModelFolder() {
    return getOrDefault(modelFolder);
  }

  public IncubatedModel setModelFolder(String uri) {
    set(modelFolder, uri);
    return this;
  }

  /** The classes of pixels, of models that tell them; default {@code mask}. */
  public Param<String> maskCol() {
    return maskCol;
  }

  public String getMaskCol() {
    return getOrDefault(maskCol);
  }

  public IncubatedModel setMaskCol(String name) {
    set(maskCol, name);
    return this;
  }

  /** The objects, of models that find them; default {@code objects}. */
  public Param<String> objectsCol() {
    return objectsCol;
  }

  public String getObjectsCol() {
    return getOrDefault(objectsCol);
  }

  public IncubatedModel setObjectsCol(String name) {
    set(objectsCol, name);
    return this;
  }

  /** How masks are written: {@code png} (default) or {@code rle}. */
  public Param<String> maskForm() {
    return maskForm;
  }

  public String getMaskForm() {
    return getOrDefault(maskForm);
  }

  public IncubatedModel setMaskForm(String word) {
    set(maskForm, word);
    return this;
  }

  /**
   * Names of the classes; a prediction is an index into them.
   *
   * @throws UnfitDataException if there is no model any more
   */
  public String[] labels() {
    return opened(SparkSession.active()).classNames().toArray(String[]::new);
  }

  /** How many classes there are. */
  public int numClasses() {
    return labels().length;
  }

  /** Whether an image may have any number of the classes, each with a probability of its own. */
  public boolean hasSeveralLabels() {
    return opened(SparkSession.active()).hasSeveralLabels();
  }

  /** SHA-256 over configuration and weights. */
  public String digest() {
    return opened(SparkSession.active()).digest();
  }

  private Scoring opened(SparkSession spark) {
    if (getModelFolder().isEmpty()) {
      throw new UsageException(
          "Cannot classify: expected a model's folder, got none; call IncubatedModel.load(uri), or"
              + " set modelFolder");
    }
    return Scoring.open(spark, getModelFolder());
  }

  /**
   * Classifies the images or texts of a frame, when its rows are asked for.
   *
   * @param images the frame
   * @return its columns, and the new ones
   * @throws UnfitDataException if the frame has no column of images, or of texts
   * @throws UsageException if the frame has a column of a new one's name
   */
  @Override
  public Dataset<Row> transform(Dataset<?> images) {
    Scoring model = opened(images.sparkSession());
    Dataset<Row> frame = images.toDF();
    InputColumn input = input(frame.schema(), model.readsTexts());
    Dataset<Row> scored = model.score(frame, input, scorer(model.task()), terms());
    return described(scored, frame.schema(), model);
  }

  private Scorer scorer(ModelTask task) {
    MaskForm form = MaskForm.named(getMaskForm());
    return switch (task) {
      case CLASSIFICATION -> new ClassScorer(columns());
      case SEGMENTATION ->
          new MaskScorer(
              sceneColumns(getMaskCol(), form.type(), "setMaskCol and setReasonCol"),
              form,
              /* severalScales= */ false);
      case DETECTION ->
          new ObjectScorer(
              sceneColumns(getObjectsCol(), ObjectRows.TYPE, "setObjectsCol and setReasonCol"));
    };
  }

  private SceneColumns sceneColumns(String answer, DataType type, String renaming) {
    return new SceneColumns(
        answer, type, getReasonCol(), Invalid.named(getHandleInvalid()), renaming);
  }

  /** Spark forgets what is known of columns that it does not compute itself. */
  private Dataset<Row> described(Dataset<Row> scored, StructType before, Scoring model) {
    Dataset<Row> described = scored;
    for (StructField field : before.fields()) {
      if (!field.metadata().equals(Metadata.empty())) {
        described = described.withMetadata(field.name(), field.metadata());
      }
    }
    String answers = answers(model.task());
    return answers.isEmpty()
        ? described
        : described.withMetadata(answers, metadata(answers, model));
  }

  /** The column whose metadata name the classes. */
  private String answers(ModelTask task) {
    return switch (task) {
      case CLASSIFICATION -> getPredictionCol();
      case SEGMENTATION -> getMaskCol();
      case DETECTION -> getObjectsCol();
    };
  }

  private Metadata metadata(String answers, Scoring model) {
    List<String> names = model.classNames();
    var ours =
        new MetadataBuilder()
            .putString("modelFolder", getModelFolder())
            .putString("digest", model.digest())
            .build();
    return NominalAttribute.defaultAttr()
        .withName(answers)
        .withValues(names.toArray(String[]::new))
        .toMetadata(new MetadataBuilder().putMetadata("deepIncubation", ours).build());
  }

  private InputColumn input(StructType schema, boolean texts) {
    return InputColumn.of(schema, inputName(schema, texts), texts);
  }

  @Override
  public StructType transformSchema(StructType schema) {
    Scoring model = opened(SparkSession.active());
    input(schema, model.readsTexts());
    return scorer(model.task()).columns().addedTo(schema);
  }

  @Override
  public IncubatedModel copy(ParamMap extra) {
    return copyValues(new IncubatedModel(uid), extra).setParent(parent());
  }

  @Override
  public String toString() {
    return "IncubatedModel: uid=" + uid + ", modelFolder=" + getModelFolder();
  }
}
