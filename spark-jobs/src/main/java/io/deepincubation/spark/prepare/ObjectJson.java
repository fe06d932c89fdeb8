package io.deepincubation.spark.prepare;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.Polygon;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects as COCO's JSON has them: {@code category_id}, {@code bbox} of x, y, width and height,
 * {@code segmentation} of polygons or run lengths, {@code iscrowd}, {@code area}. Box or
 * segmentation may be missing. An object of no area is read, for others to leave out.
 */
final class ObjectJson {

  static final String CATEGORY = "category_id";
  static final String BOX = "bbox";
  static final String SEGMENTATION = "segmentation";
  static final String CROWD = "iscrowd";
  static final String AREA = "area";
  static final String COUNTS = "counts";

  /** The keys that are read. */
  static final List<String> KEYS = List.of(CATEGORY, BOX, SEGMENTATION, CROWD, AREA);

  private static final String SIZE = "size";
  private static final int NUMBERS_OF_A_BOX = 4;

  /** Numbers of a polygon that has an area. */
  private static final int CORNERS = 6;

  private final int height;
  private final int width;
  private final Map<Integer, Integer> classes;

  /**
   * Reads objects of an image.
   *
   * @param height rows
   * @param width columns
   * @param classes by category id
   */
  ObjectJson(int height, int width, Map<Integer, Integer> classes) {
    this.height = height;
    this.width = width;
    this.classes = classes;
  }

  /**
   * All objects of an image.
   *
   * @throws IOException if one of them is none
   */
  SceneObjects read(JsonArray annotations) throws IOException {
    var objects = new ArrayList<SceneObject>();
    for (JsonElement annotation : annotations) {
      try {
        objects.add(object(annotation.getAsJsonObject()));
      } catch (UnfitDataException
          | JsonParseException
          | IllegalStateException
          | UnsupportedOperationException
          | NumberFormatException e) {
        throw new IOException(
            String.format(
                Locale.ROOT, "Cannot read object %d of it: %s", objects.size(), e.getMessage()),
            e);
      }
    }
    return new SceneObjects(height, width, objects);
  }

  private SceneObject object(JsonObject annotation) {
    RunLengths mask = mask(annotation.get(SEGMENTATION));
    Box box = box(annotation.get(BOX), mask);
    return new SceneObject(
        classOf(annotation),
        box,
        mask,
        isCrowd(annotation.get(CROWD)),
        area(annotation.get(AREA), box, mask));
  }

  private int classOf(JsonObject annotation) {
    JsonElement category = annotation.get(CATEGORY);
    Integer found = isNothing(category) ? null : classes.get(category.getAsInt());
    if (found == null) {
      throw new UnfitDataException("expected one of the categories, got " + category);
    }
    return found;
  }

  private static boolean isNothing(@Nullable JsonElement value) {
    return value == null || value.isJsonNull();
  }

  private static boolean isCrowd(@Nullable JsonElement crowd) {
    if (crowd == null || crowd.isJsonNull()) {
      return false;
    }
    return crowd.getAsJsonPrimitive().isBoolean() ? crowd.getAsBoolean() : crowd.getAsInt() != 0;
  }

  private static double area(@Nullable JsonElement area, Box box, @Nullable RunLengths mask) {
    if (area != null && !area.isJsonNull()) {
      return area.getAsDouble();
    }
    return mask == null ? box.area() : mask.area();
  }

  /** Sides below 0 are none. */
  private static Box box(@Nullable JsonElement box, @Nullable RunLengths mask) {
    if (box == null || box.isJsonNull()) {
      if (mask == null) {
        throw new UnfitDataException("expected a bbox or a segmentation, got neither");
      }
      return mask.box();
    }
    JsonArray numbers = box.getAsJsonArray();
    if (numbers.size() != NUMBERS_OF_A_BOX) {
      throw new UnfitDataException("expected a bbox of 4 numbers, got " + numbers.size());
    }
    return Box.ofSize(
        numbers.get(0).getAsDouble(),
        numbers.get(1).getAsDouble(),
        Math.max(0, numbers.get(2).getAsDouble()),
        Math.max(0, numbers.get(3).getAsDouble()));
  }

  private @Nullable RunLengths mask(@Nullable JsonElement segmentation) {
    if (segmentation instanceof JsonObject runs) {
      return runLengths(runs);
    }
    if (segmentation instanceof JsonArray outlines && !outlines.isEmpty()) {
      return Polygon.draw(polygons(outlines), height, width);
    }
    return null;
  }

  private RunLengths runLengths(JsonObject runs) {
    if (runs.get(SIZE) instanceof JsonArray size
        && (size.get(0).getAsInt() != height || size.get(1).getAsInt() != width)) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "expected a segmentation of the image's size %d x %d, got one of %s",
              height,
              width,
              size));
    }
    JsonElement counts = runs.get(COUNTS);
    if (counts instanceof JsonArray lengths) {
      int[] numbers = lengths.asList().stream().mapToInt(JsonElement::getAsInt).toArray();
      return RunLengths.ofCounts(numbers, height, width);
    }
    if (counts == null) {
      throw new UnfitDataException("expected run lengths with counts, got " + runs.keySet());
    }
    return RunLengths.parse(counts.getAsString(), height, width);
  }

  private static List<Polygon> polygons(JsonArray outlines) {
    var polygons = new ArrayList<Polygon>();
    for (JsonElement outline : outlines) {
      double[] corners =
          outline.getAsJsonArray().asList().stream()
              .mapToDouble(JsonElement::getAsDouble)
              .toArray();
      if (corners.length >= CORNERS) {
        polygons.add(new Polygon(corners));
      }
    }
    return polygons;
  }
}
