package io.deepincubation.spark.ml;

import io.deepincubation.core.inference.Classifier.Scores;
import io.deepincubation.spark.predict.Invalid;
import io.deepincubation.spark.predict.ScoreColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.jspecify.annotations.Nullable;

/**
 * The columns that Spark ML's classifiers add, and two of ours; one of an empty name is left out.
 *
 * @param rawPrediction the network's outputs, vector
 * @param probability of each class, vector
 * @param prediction index of the likeliest class, double
 * @param predictedLabel its name, string
 * @param reason why there is no prediction, string
 * @param invalid what becomes of rows without one
 */
public record VectorColumns(
    String rawPrediction,
    String probability,
    String prediction,
    String predictedLabel,
    String reason,
    Invalid invalid)
    implements ScoreColumns {

  private List<String> names() {
    return List.of(rawPrediction, probability, prediction, predictedLabel, reason);
  }

  @Override
  public List<StructField> fields() {
    DataType vector = SQLDataTypes.VectorType();
    List<DataType> types =
        List.of(vector, vector, DataTypes.DoubleType, DataTypes.StringType, DataTypes.StringType);
    return IntStream.range(0, types.size())
        .filter(this::isAdded)
        .mapToObj(i -> DataTypes.createStructField(names().get(i), types.get(i), true))
        .toList();
  }

  private boolean isAdded(int column) {
    return !names().get(column).isEmpty();
  }

  @Override
  public @Nullable Object[] values(Scores scores, List<String> classNames) {
    Vector probabilities = vector(scores.probabilities());
    int best = probabilities.argmax();
    return added(vector(scores.logits()), probabilities, (double) best, classNames.get(best), null);
  }

  private static Vector vector(float[] numbers) {
    return Vectors.dense(IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray());
  }

  @Override
  public Optional<@Nullable Object[]> missing(String why) {
    return invalid.missing(why, added(null, null, null, null, why));
  }

  private @Nullable Object[] added(@Nullable Object... all) {
    var added = new ArrayList<@Nullable Object>();
    for (int i = 0; i < all.length; i++) {
      if (isAdded(i)) {
        added.add(all[i]);
      }
    }
    return added.toArray();
  }

  @Override
  public String renaming() {
    return "setPredictionCol and its like";
  }
}
