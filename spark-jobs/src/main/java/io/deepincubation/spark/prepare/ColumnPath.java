package io.deepincubation.spark.prepare;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Where a column lies in a schema: by its name, or inside structs by names with dots between.
 *
 * @param names of the column and of the fields in it
 * @param indices theirs
 * @param type of what is there
 */
public record ColumnPath(List<String> names, List<Integer> indices, DataType type)
    implements Serializable {

  /** Copies. */
  public ColumnPath {
    names = List.copyOf(names);
    indices = List.copyOf(indices);
  }

  /** Finds a column; one whose own name has dots comes first. */
  public static Optional<ColumnPath> find(StructType schema, String name) {
    var names = new ArrayList<String>();
    var indices = new ArrayList<Integer>();
    DataType type = schema;
    String rest = name;
    while (!rest.isEmpty()) {
      Optional<StructField> field = longest(type, rest);
      if (field.isEmpty()) {
        return Optional.empty();
      }
      names.add(field.get().name());
      indices.add(((StructType) type).fieldIndex(field.get().name()));
      type = field.get().dataType();
      rest = rest.substring(Math.min(rest.length(), field.get().name().length() + 1));
    }
    return names.isEmpty() ? Optional.empty() : Optional.of(new ColumnPath(names, indices, type));
  }

  private static Optional<StructField> longest(DataType type, String name) {
    if (!(type instanceof StructType struct)) {
      return Optional.empty();
    }
    return Arrays.stream(struct.fields())
        .filter(field -> name.equals(field.name()) || name.startsWith(field.name() + "."))
        .max((one, other) -> Integer.compare(one.name().length(), other.name().length()));
  }

  /** The column, for frames of this schema. */
  public Column column() {
    return functions.col(
        names.stream()
            .map(name -> "`" + name.replace("`", "``") + "`")
            .collect(Collectors.joining(".")));
  }

  /** What a row of this schema has there; null where a struct on the way is. */
  public @Nullable Object value(Row row) {
    @Nullable Object value = row;
    for (int index : indices) {
      value = value == null ? null : ((Row) value).get(index);
    }
    return value;
  }
}
