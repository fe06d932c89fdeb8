package io.deepincubation.spark.predict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The two columns that what a model of a dense task says of images becomes; one of an empty name is
 * left out.
 *
 * @param answer the column of what was found
 * @param type of that column
 * @param reason the column of why there is no answer, string
 * @param invalid what becomes of rows without one
 * @param renaming how columns get other names, for messages
 */
public record SceneColumns(
    String answer, DataType type, String reason, Invalid invalid, String renaming)
    implements AddedColumns {

  /** The usual name of the column of masks. */
  public static final String MASK = "mask";

  /** The usual name of the column of objects. */
  public static final String OBJECTS = "objects";

  private static final String REASON = "reason";

  /**
   * Columns for tables on disk, whose rows stay where there is no answer.
   *
   * @param schema of the frame that they are added to
   * @param prefix of the names; empty for none, or for {@code predicted_} where the frame has one
   *     of them
   * @param answer the plain name of the column of what was found
   * @param type of that column
   */
  public static SceneColumns freeIn(
      StructType schema, String prefix, String answer, DataType type) {
    boolean taken =
        Arrays.stream(schema.fieldNames())
            .anyMatch(name -> name.equalsIgnoreCase(answer) || name.equalsIgnoreCase(REASON));
    String before = prefix.isEmpty() && taken ? PredictionColumns.WHERE_TAKEN : prefix;
    return new SceneColumns(before + answer, type, before + REASON, Invalid.KEEP, "--prefix");
  }

  @Override
  public List<StructField> fields() {
    var fields = new ArrayList<StructField>();
    if (!answer.isEmpty()) {
      fields.add(DataTypes.createStructField(answer, type, true));
    }
    if (!reason.isEmpty()) {
      fields.add(DataTypes.createStructField(reason, DataTypes.StringType, true));
    }
    return fields;
  }

  /** What an image's columns hold. */
  @Nullable Object[] values(Object found) {
    return added(found, null);
  }

  @Override
  public Optional<@Nullable Object[]> missing(String why) {
    return invalid.missing(why, added(null, why));
  }

  private @Nullable Object[] added(@Nullable Object found, @Nullable String why) {
    var added = new ArrayList<@Nullable Object>();
    if (!answer.isEmpty()) {
      added.add(found);
    }
    if (!reason.isEmpty()) {
      added.add(why);
    }
    return added.toArray();
  }
}
