package io.deepincubation.spark.predict;

import io.deepincubation.core.inference.Classifier.Scores;
import io.deepincubation.core.recipe.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The columns of tables of predictions, in types that every reader of tables knows. All but the
 * last are null where an image could not be classified.
 *
 * @param prefix before the names {@code prediction} (index of the likeliest class, int), {@code
 *     label} (its name, string), {@code probability} (of each class, array of float), {@code topK}
 *     (the likeliest classes, likeliest first: array of struct of label, index, probability) and
 *     {@code reason} (why there is no prediction, string; null where there is one); of models that
 *     tell several labels also {@code labels} (names of the classes of a probability of at least
 *     0.5, array of string)
 * @param topK likeliest classes that are told, at least 1
 * @param severalLabels whether the model tells any number of classes
 */
public record PredictionColumns(String prefix, int topK, boolean severalLabels)
    implements ScoreColumns {

  /** Probability from which on an image is said to have one of several classes. */
  private static final float LIKELY = 0.5f;

  private static final List<String> NAMES =
      List.of("prediction", "label", "probability", "topK", "reason", "labels");

  private static final int REASON = 4;

  /** The prefix where a frame has columns of the plain names. */
  public static final String WHERE_TAKEN = "predicted_";

  private static final DataType CANDIDATES =
      DataTypes.createArrayType(
          new StructType()
              .add("label", DataTypes.StringType, false)
              .add("index", DataTypes.IntegerType, false)
              .add("probability", DataTypes.FloatType, false),
          false);

  /** Checks. */
  public PredictionColumns {
    if (topK < 1) {
      throw new UsageException(
          String.format(
              Locale.ROOT, "Cannot classify: expected 1 or more likeliest classes, got %d", topK));
    }
  }

  /** The plain names, or with {@code predicted_} before them where a frame has one of them. */
  public static PredictionColumns freeIn(StructType schema, int topK, boolean severalLabels) {
    var plain = new PredictionColumns("", topK, severalLabels);
    boolean free =
        Arrays.stream(schema.fieldNames())
            .noneMatch(taken -> plain.names().anyMatch(taken::equalsIgnoreCase));
    return free ? plain : new PredictionColumns(WHERE_TAKEN, topK, severalLabels);
  }

  private Stream<String> names() {
    return NAMES.stream().limit(severalLabels ? NAMES.size() : NAMES.size() - 1);
  }

  @Override
  public String reason() {
    return prefix + NAMES.get(REASON);
  }

  @Override
  public List<StructField> fields() {
    List<DataType> types =
        List.of(
            DataTypes.IntegerType,
            DataTypes.StringType,
            DataTypes.createArrayType(DataTypes.FloatType, false),
            CANDIDATES,
            DataTypes.StringType,
            DataTypes.createArrayType(DataTypes.StringType, false));
    List<String> names = names().toList();
    return IntStream.range(0, names.size())
        .mapToObj(i -> DataTypes.createStructField(prefix + names.get(i), types.get(i), true))
        .toList();
  }

  @Override
  public @Nullable Object[] values(Scores scores, List<String> classNames) {
    float[] probabilities = scores.probabilities();
    Row[] likeliest =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted((a, b) -> Float.compare(probabilities[b], probabilities[a]))
            .limit(topK)
            .map(label -> RowFactory.create(classNames.get(label), label, probabilities[label]))
            .toArray(Row[]::new);
    int best = likeliest[0].getInt(1);
    return added(
        best,
        classNames.get(best),
        probabilities,
        likeliest,
        null,
        likely(classNames, probabilities));
  }

  @Override
  public Optional<@Nullable Object[]> missing(String reason) {
    return Optional.of(added(null, null, null, null, reason, null));
  }

  /** All, or all but the last. */
  private @Nullable Object[] added(@Nullable Object... all) {
    return severalLabels ? all : Arrays.copyOf(all, all.length - 1);
  }

  /** Names of the classes that an image rather has than not. */
  private static String[] likely(List<String> names, float[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .filter(label -> probabilities[label] >= LIKELY)
        .mapToObj(names::get)
        .toArray(String[]::new);
  }

  @Override
  public String renaming() {
    return "--prefix";
  }
}
