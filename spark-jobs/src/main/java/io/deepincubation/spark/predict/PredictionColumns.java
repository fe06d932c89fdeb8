package io.deepincubation.spark.predict;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.recipe.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What the columns of predictions are called. All but the last are null where an image could not be
 * classified.
 *
 * @param prediction index of the likeliest class, int
 * @param label its name, string
 * @param probability of each class, array of float
 * @param topK the likeliest classes, likeliest first: array of struct of label, index, probability
 * @param reason why there is no prediction, string; null where there is one
 * @param labels of models that tell several labels alone: names of the classes of a probability of
 *     at least 0.5, array of string
 */
@Stable
public record PredictionColumns(
    String prediction,
    String label,
    String probability,
    String topK,
    String reason,
    String labels) {

  /** The usual names. */
  public static final PredictionColumns USUAL =
      new PredictionColumns("prediction", "label", "probability", "topK", "reason", "labels");

  private static final String WHERE_TAKEN = "predicted_";

  /** The usual names with something before them, such as {@code predicted_}. */
  public static PredictionColumns prefixed(String prefix) {
    return new PredictionColumns(
        prefix + USUAL.prediction,
        prefix + USUAL.label,
        prefix + USUAL.probability,
        prefix + USUAL.topK,
        prefix + USUAL.reason,
        prefix + USUAL.labels);
  }

  /**
   * The usual names, or with {@code predicted_} before them where a frame has one of them.
   *
   * @param severalLabels whether the model tells any number of classes
   */
  public static PredictionColumns freeIn(StructType schema, boolean severalLabels) {
    boolean free = USUAL.names(severalLabels).stream().noneMatch(name -> isIn(schema, name));
    return free ? USUAL : prefixed(WHERE_TAKEN);
  }

  private static boolean isIn(StructType schema, String name) {
    return Arrays.stream(schema.fieldNames()).anyMatch(name::equalsIgnoreCase);
  }

  private List<String> names(boolean severalLabels) {
    return severalLabels
        ? List.of(prediction, label, probability, topK, reason, labels)
        : List.of(prediction, label, probability, topK, reason);
  }

  /**
   * A frame's columns and these behind them.
   *
   * @throws UsageException if a name is taken
   */
  public StructType addedTo(StructType schema) {
    return addedTo(schema, /* severalLabels= */ false);
  }

  /**
   * A frame's columns and these behind them.
   *
   * @param schema the frame's
   * @param severalLabels whether the model tells any number of classes
   * @throws UsageException if a name is taken
   */
  public StructType addedTo(StructType schema, boolean severalLabels) {
    List<String> taken = Arrays.asList(schema.fieldNames());
    for (String name : names(severalLabels)) {
      if (isIn(schema, name)) {
        throw new UsageException(
            String.format(
                Locale.ROOT,
                "Cannot add column %s: expected a free name, the frame has %s; choose others with"
                    + " outputColumns, or --prefix",
                name,
                taken));
      }
    }
    StructType candidate =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("label", DataTypes.StringType, false),
              DataTypes.createStructField("index", DataTypes.IntegerType, false),
              DataTypes.createStructField("probability", DataTypes.FloatType, false)
            });
    StructType added =
        schema
            .add(prediction, DataTypes.IntegerType, true)
            .add(label, DataTypes.StringType, true)
            .add(probability, DataTypes.createArrayType(DataTypes.FloatType, false), true)
            .add(topK, DataTypes.createArrayType(candidate, false), true)
            .add(reason, DataTypes.StringType, true);
    return severalLabels
        ? added.add(labels, DataTypes.createArrayType(DataTypes.StringType, false), true)
        : added;
  }
}
