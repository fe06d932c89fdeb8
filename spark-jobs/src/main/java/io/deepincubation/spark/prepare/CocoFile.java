package io.deepincubation.spark.prepare;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.spark.storage.StorageFactory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of COCO's JSON: what is annotated on images of one split.
 *
 * @param images in the order of the file
 * @param categories names by id
 * @param strays annotations of images that are not listed
 */
record CocoFile(List<Image> images, Map<Integer, String> categories, long strays) {

  /**
   * An image that the file lists.
   *
   * @param name of its file
   * @param height rows
   * @param width columns
   * @param objects as JSON, a list without its brackets
   */
  record Image(String name, int height, int width, StringBuilder objects) {

    /** What becomes objects in a task: rows, columns, and the objects. */
    byte[] annotation() {
      return String.format(Locale.ROOT, "[%d,%d,[%s]]", height, width, objects)
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * Reads a file.
   *
   * @throws UnfitDataException if there is none, or it is of another form
   */
  static CocoFile read(String uri, StorageFactory storages) {
    try (var reader =
        new JsonReader(
            new InputStreamReader(ContentForm.open(uri, storages), StandardCharsets.UTF_8))) {
      return new Reading().read(reader);
    } catch (FileNotFoundException e) {
      throw none(uri, e);
    } catch (StorageException e) {
      if (e.getCause() instanceof NoSuchFileException
          || e.getCause() instanceof FileNotFoundException) {
        throw none(uri, e);
      }
      throw e;
    } catch (IOException | JsonParseException | IllegalStateException | NumberFormatException e) {
      throw unfit(uri, String.valueOf(e.getMessage()), e);
    } catch (NullPointerException | UnsupportedOperationException | ClassCastException e) {
      throw unfit(uri, "an image, category or annotation without all its keys", e);
    }
  }

  private static UnfitDataException none(String uri, Exception cause) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read annotations from %s: expected a file of COCO's JSON, got none there; give"
                + " its place by --annotations",
            uri),
        cause);
  }

  private static UnfitDataException unfit(String uri, String got, Exception cause) {
    return new UnfitDataException(
        String.format(
            Locale.ROOT,
            "Cannot read annotations from %s: expected COCO's JSON with images, annotations and"
                + " categories, got %s",
            uri,
            got),
        cause);
  }

  /** The parts of a file may come in any order. */
  private static final class Reading {

    private final Map<Long, Image> images = new HashMap<>();
    private final List<Image> inOrder = new ArrayList<>();
    private final Map<Integer, String> categories = new TreeMap<>();
    private final Map<Long, StringBuilder> objects = new HashMap<>();

    CocoFile read(JsonReader reader) throws IOException {
      reader.beginObject();
      while (reader.hasNext()) {
        switch (reader.nextName()) {
          case "images" -> each(reader, this::addImage);
          case "categories" -> each(reader, this::addCategory);
          case "annotations" -> each(reader, this::addObject);
          default -> reader.skipValue();
        }
      }
      reader.endObject();
      if (inOrder.isEmpty() || categories.isEmpty()) {
        throw new IOException(inOrder.size() + " images and " + categories.size() + " categories");
      }
      long strays = 0;
      for (Map.Entry<Long, StringBuilder> ofImage : objects.entrySet()) {
        @Nullable Image image = images.get(ofImage.getKey());
        if (image == null) {
          strays++;
        } else {
          image.objects().append(ofImage.getValue());
        }
      }
      return new CocoFile(inOrder, categories, strays);
    }

    private interface Element {
      void add(JsonObject element);
    }

    private static void each(JsonReader reader, Element element) throws IOException {
      reader.beginArray();
      while (reader.hasNext()) {
        element.add(JsonParser.parseReader(reader).getAsJsonObject());
      }
      reader.endArray();
    }

    private void addImage(JsonObject image) {
      var added =
          new Image(
              image.get("file_name").getAsString(),
              image.get("height").getAsInt(),
              image.get("width").getAsInt(),
              new StringBuilder());
      images.put(image.get("id").getAsLong(), added);
      inOrder.add(added);
    }

    private void addCategory(JsonObject category) {
      categories.put(category.get("id").getAsInt(), category.get("name").getAsString());
    }

    private void addObject(JsonObject annotation) {
      var kept = new JsonObject();
      for (String key : ObjectJson.KEYS) {
        @Nullable JsonElement value = annotation.get(key);
        if (value != null) {
          kept.add(key, value);
        }
      }
      StringBuilder ofImage =
          objects.computeIfAbsent(
              annotation.get("image_id").getAsLong(), unused -> new StringBuilder());
      ofImage.append(ofImage.isEmpty() ? "" : ",").append(kept);
    }
  }
}
