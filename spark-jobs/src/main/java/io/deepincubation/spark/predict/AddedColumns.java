package io.deepincubation.spark.predict;

import io.deepincubation.core.recipe.UsageException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The columns that what a model says of samples becomes. */
public interface AddedColumns extends Serializable {

  /** The columns, in the order of their values. */
  List<StructField> fields();

  /** The name of the column of why there is no answer. */
  String reason();

  /**
   * What they hold where there is no answer.
   *
   * @param reason why
   * @return empty where the row is left out
   */
  Optional<@Nullable Object[]> missing(String reason);

  /** How columns get other names, for messages. */
  String renaming();

  /**
   * A frame's columns and these behind them.
   *
   * @throws UsageException if a name is taken
   */
  default StructType addedTo(StructType schema) {
    StructType all = schema;
    for (StructField field : fields()) {
      if (Arrays.stream(schema.fieldNames()).anyMatch(field.name()::equalsIgnoreCase)) {
        throw new UsageException(
            String.format(
                Locale.ROOT,
                "Cannot add column %s: expected a free name, the frame has %s; choose others with"
                    + " %s",
                field.name(),
                Arrays.asList(schema.fieldNames()),
                renaming()));
      }
      all = all.add(field);
    }
    return all;
  }
}
