package io.deepincubation.spark.ml;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;

/**
 * Reads what {@link StageWriter} wrote.
 *
 * @param <T> the stage
 */
public class StageReader<T extends Params> extends MLReader<T> {

  private final Class<T> type;
  private final Function<String, T> made;

  /**
   * A reader.
   *
   * @param type of the stages
   * @param made makes one of its uid
   */
  public StageReader(Class<T> type, Function<String, T> made) {
    this.type = type;
    this.made = made;
  }

  /**
   * Reads a stage.
   *
   * @throws UnfitDataException if there is none of the type
   */
  @Override
  public T load(String path) {
    Storage folder = storage(path);
    JsonObject metadata = metadata(folder);
    T stage = made.apply(metadata.get("uid").getAsString());
    for (Map.Entry<String, JsonElement> each :
        metadata.getAsJsonObject("defaultParamMap").entrySet()) {
      if (stage.hasParam(each.getKey())) {
        Param<Object> param = stage.getParam(each.getKey());
        stage.setDefault(param, param.jsonDecode(each.getValue().toString()));
      }
    }
    for (Map.Entry<String, JsonElement> each : metadata.getAsJsonObject("paramMap").entrySet()) {
      Param<Object> param = stage.getParam(each.getKey());
      stage.set(param, param.jsonDecode(each.getValue().toString()));
    }
    return stage;
  }

  /**
   * Reads what {@link StageWriter#saveToLocal} wrote.
   *
   * @param path on this machine
   */
  public T loadFromLocal(String path) {
    return load("file:" + Path.of(path).toAbsolutePath());
  }

  /** Whether a stage was saved in a folder. */
  protected final boolean isSaved(Storage folder) {
    return !folder.list(StageWriter.METADATA).isEmpty();
  }

  /** A folder of any Hadoop file system. */
  protected final Storage storage(String path) {
    return new HadoopStorageFactory(sparkSession().sparkContext().hadoopConfiguration()).open(path);
  }

  private JsonObject metadata(Storage folder) {
    String text =
        folder.list(StageWriter.METADATA).stream()
            .filter(name -> name.startsWith("part-"))
            .map(name -> folder.text(StageWriter.METADATA + "/" + name))
            .filter(part -> !part.isBlank())
            .findFirst()
            .orElse("no metadata");
    JsonObject metadata = parsed(text);
    JsonElement name = metadata.get("class");
    if (name == null || !name.getAsString().equals(type.getName())) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot load %s: expected a saved %s, got %s",
              folder.uri(),
              type.getSimpleName(),
              text));
    }
    return metadata;
  }

  /** Nothing of what is no JSON. */
  private static JsonObject parsed(String text) {
    try {
      return JsonParser.parseString(text).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      return new JsonObject();
    }
  }
}
