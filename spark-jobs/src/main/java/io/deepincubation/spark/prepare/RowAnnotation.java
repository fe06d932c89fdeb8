package io.deepincubation.spark.prepare;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** What is annotated on a row's image. It crosses process borders. */
sealed interface RowAnnotation extends Serializable {

  /**
   * The bytes that a set's fitting takes.
   *
   * @param row with the annotation's columns
   * @param first the first of them; the others follow
   * @param image a JPEG or PNG file
   * @param storages open files
   * @throws IOException if there is no annotation; the message says why
   */
  byte[] of(Row row, int first, byte[] image, StorageFactory storages) throws IOException;

  /**
   * A mask.
   *
   * @param form that its column has
   */
  record Mask(ContentForm form) implements RowAnnotation {

    @Override
    public byte[] of(Row row, int first, byte[] image, StorageFactory storages) throws IOException {
      if (row.isNullAt(first)) {
        throw new IOException("expected a mask, got none");
      }
      return form.content(row.get(first), storages);
    }
  }

  /**
   * Objects: arrays of the texts of their classes, of boxes, and perhaps of run lengths or
   * polygons, each as JSON.
   *
   * @param classes by their texts
   */
  record Objects(HashMap<String, Integer> classes) implements RowAnnotation {

    @Override
    public byte[] of(Row row, int first, byte[] image, StorageFactory storages) throws IOException {
      JsonArray ofObjects = array(row, first);
      JsonArray boxes = array(row, first + 1);
      @Nullable JsonArray outlines = row.length() > first + 2 ? array(row, first + 2) : null;
      if (boxes.size() != ofObjects.size()
          || (outlines != null && outlines.size() != ofObjects.size())) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "expected a box%s for each of %d classes, got %d%s",
                outlines == null ? "" : " and an outline",
                ofObjects.size(),
                boxes.size(),
                outlines == null ? "" : " and " + outlines.size()));
      }
      var annotations = new JsonArray();
      for (int i = 0; i < ofObjects.size(); i++) {
        var object = new JsonObject();
        object.addProperty(ObjectJson.CATEGORY, classOf(ofObjects.get(i)));
        object.add(ObjectJson.BOX, boxes.get(i));
        if (outlines != null) {
          object.add(ObjectJson.SEGMENTATION, segmentation(outlines.get(i)));
        }
        annotations.add(object);
      }
      return bytes(annotations, Picture.of(image));
    }

    private static JsonArray array(Row row, int column) {
      return row.isNullAt(column)
          ? new JsonArray()
          : JsonParser.parseString(row.getString(column)).getAsJsonArray();
    }

    private int classOf(JsonElement text) throws IOException {
      @Nullable Integer found = text.isJsonNull() ? null : classes.get(text.getAsString());
      if (found == null) {
        throw new IOException("expected objects of a class, got " + text);
      }
      return found;
    }

    /** A text is compressed run lengths. */
    private static JsonElement segmentation(JsonElement outline) {
      if (!(outline instanceof JsonPrimitive)) {
        return outline;
      }
      var runs = new JsonObject();
      runs.add(ObjectJson.COUNTS, outline);
      return runs;
    }

    private byte[] bytes(JsonArray annotations, Picture picture) throws IOException {
      Map<Integer, Integer> numbers = new HashMap<>();
      classes.values().forEach(number -> numbers.put(number, number));
      try {
        return new ObjectJson(picture.height(), picture.width(), numbers)
            .read(annotations)
            .toBytes();
      } catch (UnfitDataException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }
}
