package io.deepincubation.spark.predict;

import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.spark.prepare.ColumnPath;
import io.deepincubation.spark.prepare.ContentForm;
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
 * Where a row's sample is.
 *
 * @param path of the column, which may be a field of structs
 * @param form what the column holds
 */
public record InputColumn(ColumnPath path, ContentForm form) implements Serializable {

  private static final List<String> OF_IMAGES = List.of("image", "content", "path");
  private static final List<String> OF_TEXTS = List.of("text");

  /**
   * The column of a frame that samples are in.
   *
   * @param texts whether they are texts instead of images
   * @param named what a user says; empty for the first of {@code image, content, path}, or {@code
   *     text}
   * @param naming how users say it, for messages
   * @throws UnfitDataException if there is none
   */
  public static String name(StructType schema, boolean texts, String named, String naming) {
    List<String> names = Arrays.asList(schema.fieldNames());
    if (!named.isEmpty()) {
      return named;
    }
    List<String> usual = texts ? OF_TEXTS : OF_IMAGES;
    return usual.stream()
        .filter(names::contains)
        .findFirst()
        .orElseThrow(
            () ->
                new UnfitDataException(
                    String.format(
                        Locale.ROOT,
                        "Cannot find %s: expected a column of %s, got %s; name it with %s",
                        what(texts),
                        usual,
                        names,
                        naming)));
  }

  /**
   * Looks at a column.
   *
   * @param texts whether it is to hold texts instead of images
   * @throws UnfitDataException if there is none of that name, or it holds something else
   */
  public static InputColumn of(StructType schema, String name, boolean texts) {
    ColumnPath path =
        ColumnPath.find(schema, name)
            .orElseThrow(
                () ->
                    new UnfitDataException(
                        String.format(
                            Locale.ROOT,
                            "Cannot read %s: expected column %s, got %s",
                            what(texts),
                            name,
                            Arrays.asList(schema.fieldNames()))));
    ContentForm form =
        (texts ? ContentForm.ofTexts(path.type()) : ContentForm.of(path.type()))
            .orElseThrow(
                () ->
                    new UnfitDataException(
                        String.format(
                            Locale.ROOT,
                            "Cannot read %s: expected column %s of %s type, got %s",
                            what(texts),
                            name,
                            texts ? "string" : "binary, string or image",
                            path.type().simpleString())));
    return new InputColumn(path, form);
  }

  private static String what(boolean texts) {
    return texts ? "texts" : "images";
  }

  /**
   * What a model's network gets of a row's sample.
   *
   * @throws IOException if there is none; the message says why
   */
  float[] values(Row row, ModelFolder model, StorageFactory storages) throws IOException {
    return form == ContentForm.TEXT
        ? model.tokenizer().values(form.text(path.value(row)))
        : model.transform().values(picture(row, storages));
  }

  /**
   * A row's image.
   *
   * @throws IOException if there is none; the message says why
   */
  Picture picture(Row row, StorageFactory storages) throws IOException {
    return form.picture(path.value(row), storages);
  }

  /**
   * A frame without the images themselves; texts and paths to images stay, and all other columns.
   */
  public Dataset<Row> droppedFrom(Dataset<Row> frame) {
    if (form == ContentForm.PATH || form == ContentForm.TEXT) {
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
