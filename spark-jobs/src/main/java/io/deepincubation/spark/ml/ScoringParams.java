package io.deepincubation.spark.ml;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.spark.predict.Inference;
import io.deepincubation.spark.predict.InputColumn;
import io.deepincubation.spark.predict.Invalid;
import java.util.Arrays;
import java.util.Locale;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.StructType;

/**
 * Params that an estimator and its model share: where images are, how they are scored, and what the
 * new columns are called. A column of the empty name is not added.
 *
 * @param <T> the stage
 */
@Evolving
public interface ScoringParams<T> extends Params {

  /** The params, made once a stage: Spark ML finds them by public methods of their names. */
  @Evolving
  final class Declared {

    private final Param<String> imageCol;
    private final Param<String> textCol;
    private final Param<String> predictionCol;
    private final Param<String> probabilityCol;
    private final Param<String> rawPredictionCol;
    private final Param<String> predictedLabelCol;
    private final Param<String> reasonCol;
    private final Param<String> handleInvalid;
    private final Param<String> precision;
    private final IntParam batchSize;

    /** Params of the stage with this uid. */
    public Declared(String uid) {
      imageCol =
          new Param<>(
              uid,
              "imageCol",
              "column of images: JPEG or PNG files, their paths, structs of Spark's image source or"
                  + " of Hugging Face; the first of image, content and path where it is empty");
      textCol =
          new Param<>(
              uid, "textCol", "column of texts, for models that read them; text where it is empty");
      predictionCol =
          new Param<>(uid, "predictionCol", "column of the likeliest class's index, double");
      probabilityCol =
          new Param<>(uid, "probabilityCol", "column of the probability of each class, vector");
      rawPredictionCol =
          new Param<>(uid, "rawPredictionCol", "column of the network's outputs (logits), vector");
      predictedLabelCol =
          new Param<>(uid, "predictedLabelCol", "column of the likeliest class's name, string");
      reasonCol = new Param<>(uid, "reasonCol", "column of why an image has no prediction, string");
      handleInvalid =
          new Param<>(
              uid,
              "handleInvalid",
              "rows whose image cannot be read: keep (nulls and a reason), skip (leave them out,"
                  + " as evaluators want it) or error",
              ParamValidators.inArray(Arrays.stream(Invalid.values()).map(Invalid::word).toList()));
      precision =
          new Param<>(
              uid,
              "precision",
              "what products are computed in when scoring: fp32, bf16, or auto, which is bf16 where"
                  + " the device multiplies it natively",
              ParamValidators.inArray(
                  Arrays.stream(Precision.values()).map(Declared::word).toList()));
      batchSize =
          new IntParam(
              uid,
              "batchSize",
              "images that are computed at once when scoring",
              ParamValidators.gtEq(1));
    }

    private static String word(Precision precision) {
      return precision.name().toLowerCase(Locale.ROOT);
    }

    /** Gives a stage their defaults. */
    public void setDefaults(Params stage) {
      stage.setDefault(imageCol, "");
      stage.setDefault(textCol, "");
      stage.setDefault(predictionCol, "prediction");
      stage.setDefault(probabilityCol, "probability");
      stage.setDefault(rawPredictionCol, "rawPrediction");
      stage.setDefault(predictedLabelCol, "predictedLabel");
      stage.setDefault(reasonCol, "reason");
      stage.setDefault(handleInvalid, Invalid.KEEP.word());
      stage.setDefault(precision, word(Precision.FP32));
      stage.setDefault(batchSize, 64);
    }
  }

  /** The params of this stage. */
  Declared scoring();

  /** This stage. */
  T self();

  /** Images: files, their paths, or structs; empty (default) for image, content or path. */
  default Param<String> imageCol() {
    return scoring().imageCol;
  }

  /** Texts, for models that read them; empty (default) for text. */
  default Param<String> textCol() {
    return scoring().textCol;
  }

  /** Index of the likeliest class, double; default {@code prediction}. */
  default Param<String> predictionCol() {
    return scoring().predictionCol;
  }

  /** Probability of each class, vector; default {@code probability}. */
  default Param<String> probabilityCol() {
    return scoring().probabilityCol;
  }

  /** The network's outputs, vector; default {@code rawPrediction}. */
  default Param<String> rawPredictionCol() {
    return scoring().rawPredictionCol;
  }

  /** Name of the likeliest class, string; default {@code predictedLabel}. */
  default Param<String> predictedLabelCol() {
    return scoring().predictedLabelCol;
  }

  /** Why there is no prediction, string; null where there is one. Default {@code reason}. */
  default Param<String> reasonCol() {
    return scoring().reasonCol;
  }

  /** {@code keep} (default), {@code skip} or {@code error} where an image cannot be read. */
  default Param<String> handleInvalid() {
    return scoring().handleInvalid;
  }

  /** {@code fp32} (default), {@code bf16} or {@code auto}. */
  default Param<String> precision() {
    return scoring().precision;
  }

  /** Images that are computed at once, 1 or more; default 64. */
  default IntParam batchSize() {
    return scoring().batchSize;
  }

  default String getImageCol() {
    return getOrDefault(imageCol());
  }

  default T setImageCol(String name) {
    set(imageCol(), name);
    return self();
  }

  default String getTextCol() {
    return getOrDefault(textCol());
  }

  default T setTextCol(String name) {
    set(textCol(), name);
    return self();
  }

  default String getPredictionCol() {
    return getOrDefault(predictionCol());
  }

  default T setPredictionCol(String name) {
    set(predictionCol(), name);
    return self();
  }

  default String getProbabilityCol() {
    return getOrDefault(probabilityCol());
  }

  default T setProbabilityCol(String name) {
    set(probabilityCol(), name);
    return self();
  }

  default String getRawPredictionCol() {
    return getOrDefault(rawPredictionCol());
  }

  default T setRawPredictionCol(String name) {
    set(rawPredictionCol(), name);
    return self();
  }

  default String getPredictedLabelCol() {
    return getOrDefault(predictedLabelCol());
  }

  default T setPredictedLabelCol(String name) {
    set(predictedLabelCol(), name);
    return self();
  }

  default String getReasonCol() {
    return getOrDefault(reasonCol());
  }

  default T setReasonCol(String name) {
    set(reasonCol(), name);
    return self();
  }

  default String getHandleInvalid() {
    return getOrDefault(handleInvalid());
  }

  default T setHandleInvalid(String word) {
    set(handleInvalid(), word);
    return self();
  }

  default String getPrecision() {
    return getOrDefault(precision());
  }

  default T setPrecision(String word) {
    set(precision(), word);
    return self();
  }

  default int getBatchSize() {
    return (Integer) getOrDefault(batchSize());
  }

  default T setBatchSize(int images) {
    set(batchSize(), images);
    return self();
  }

  /** The columns that scoring adds. */
  default VectorColumns columns() {
    return new VectorColumns(
        getRawPredictionCol(),
        getProbabilityCol(),
        getPredictionCol(),
        getPredictedLabelCol(),
        getReasonCol(),
        Invalid.named(getHandleInvalid()));
  }

  /**
   * The column of a frame that samples are in.
   *
   * @param texts whether they are texts instead of images
   * @throws UnfitDataException if there is none
   */
  default String inputName(StructType schema, boolean texts) {
    return texts
        ? InputColumn.name(schema, texts, getTextCol(), "setTextCol")
        : InputColumn.name(schema, texts, getImageCol(), "setImageCol");
  }

  /** How samples are computed. */
  default Inference.Terms terms() {
    return new Inference.Terms(
        getBatchSize(), Precision.valueOf(getPrecision().toUpperCase(Locale.ROOT)));
  }
}
