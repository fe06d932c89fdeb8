package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.spark.prepare.ColumnPath;
import io.deepincubation.spark.prepare.ImageForm;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where a row's image is.
 *
 * @param path of the column, which may be a field of structs
 * @param form what the column holds
 */
public record ImageColumn(ColumnPath path, ImageForm form) implements Serializable {

  /**
   * Looks at a column.
   *
   * @throws UnfitDataException if there is none of that name, or it holds no images
   */
  public static ImageColumn of(StructType schema, String name) {
    ColumnPath path =
        ColumnPath.find(schema, name)
            .orElseThrow(
                () ->
                    new UnfitDataException(
                        String.format(
                            Locale.ROOT,
                            "Cannot read images: expected column %s, got %s",
                            name,
                            Arrays.asList(schema.fieldNames()))));
    ImageForm form =
        ImageForm.of(path.type())
            .orElseThrow(
                () ->
                    new UnfitDataException(
                        String.format(
                            Locale.ROOT,
                            "Cannot read images: expected column %s of binary, string or image"
                                + " type, got %s",
                            name,
                            path.type().simpleString())));
    return new ImageColumn(path, form);
  }

  /**
   * A row's image.
   *
   * @throws IOException if there is none; the message says why
   */
  Picture read(Row row, StorageFactory storages) throws IOException {
    return form.picture(path.value(row), storages);
  }

  /** A frame without the images themselves; paths to them stay, and all other columns. */
  public Dataset<Row> droppedFrom(Dataset<Row> frame) {
    if (form == ImageForm.PATH) {
      return frame;
    }
    var names = new ArrayList<>(path.names());
    if (!form.field().isEmpty()) {
      names.add(form.field());
    }
    List<Column> kept =
        without(frame.schema(), name -> frame.col("`" + name.replace("`", "``") + "`"), names);
    return frame.select(kept.toArray(Column[]::new));
  }

  /** The fields of a struct but one, which may be a field of a field. */
  private static List<Column> without(
      StructType type, Function<String, Column> field, List<String> names) {
    var kept = new ArrayList<Column>();
    for (StructField each : type.fields()) {
      Column column = field.apply(each.name());
      if (!each.name().equals(names.get(0))) {
        kept.add(column.as(each.name()));
      } else if (names.size() > 1) {
        List<Column> inner =
            without((StructType) each.dataType(), column::getField, names.subList(1, names.size()));
        if (!inner.isEmpty()) {
          Column struct = functions.struct(inner.toArray(Column[]::new));
          kept.add(functions.when(column.isNotNull(), struct).as(each.name()));
        }
      }
    }
    return kept;
  }
}
