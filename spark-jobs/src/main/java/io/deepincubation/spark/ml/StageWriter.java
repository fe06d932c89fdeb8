package io.deepincubation.spark.ml;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.prepare.Apart;
import io.deepincubation.spark.storage.HadoopStorageFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stage as Spark ML does, {@code metadata/} with its params, and a model's files beside
 * it: so a saved pipeline stands alone, and a saved model is a model's folder too.
 */
public final class StageWriter extends MLWriter {

  /** The folder of a stage's params. */
  static final String METADATA = "metadata";

  private static final String PART = METADATA + "/part-00000";
  private static final String SUCCESS = METADATA + "/_SUCCESS";

  private final Params stage;
  private final @Nullable Param<String> modelFolder;

  private StageWriter(Params stage, @Nullable Param<String> modelFolder) {
    this.stage = stage;
    this.modelFolder = modelFolder;
  }

  /** Writes a stage that has params alone. */
  public static StageWriter of(Params stage) {
    return new StageWriter(stage, null);
  }

  /**
   * Writes a stage with the files of its model.
   *
   * @param modelFolder where they are; they are copied, so it is not written
   */
  public static StageWriter of(Params stage, Param<String> modelFolder) {
    return new StageWriter(stage, modelFolder);
  }

  @Override
  public void save(String path) throws IOException {
    if (modelFolder != null) {
      Apart.require(stage.getOrDefault(modelFolder), path, configuration());
    }
    super.save(path);
  }

  /** Called by {@link #save} once the place is free. */
  @Override
  public void saveImpl(String path) {
    Storage target = storage(path);
    if (modelFolder != null) {
      copy(storage(stage.getOrDefault(modelFolder)), target);
    }
    write(target, modelFolder);
  }

  /**
   * What Spark Connect of Spark 4.1 and later asks for, to have models out of memory: the model
   * stays where it is.
   *
   * @param path on this machine
   */
  public void saveToLocal(String path) {
    write(storage("file:" + Path.of(path).toAbsolutePath()), null);
  }

  private static void copy(Storage from, Storage to) {
    for (String name : from.list("")) {
      to.write(
          name,
          stream -> {
            try (InputStream file = from.open(name)) {
              file.transferTo(stream);
            }
          });
    }
  }

  private void write(Storage target, @Nullable Param<String> without) {
    byte[] text = metadata(without).toString().getBytes(StandardCharsets.UTF_8);
    target.write(PART, stream -> stream.write(text));
    target.write(SUCCESS, stream -> {});
  }

  private JsonObject metadata(@Nullable Param<String> without) {
    var params = new JsonObject();
    var defaults = new JsonObject();
    for (Param<?> each : stage.params()) {
      Param<Object> param = stage.getParam(each.name());
      if (stage.isSet(param) && !param.equals(without)) {
        params.add(param.name(), json(param, stage.get(param).get()));
      }
      if (stage.hasDefault(param)) {
        defaults.add(param.name(), json(param, stage.getDefault(param).get()));
      }
    }
    var metadata = new JsonObject();
    metadata.addProperty("class", stage.getClass().getName());
    metadata.addProperty("timestamp", System.currentTimeMillis());
    metadata.addProperty("sparkVersion", sparkSession().version());
    metadata.addProperty("uid", stage.uid());
    metadata.add("paramMap", params);
    metadata.add("defaultParamMap", defaults);
    return metadata;
  }

  private static JsonElement json(Param<Object> param, Object value) {
    return JsonParser.parseString(param.jsonEncode(value));
  }

  private Storage storage(String uri) {
    return new HadoopStorageFactory(configuration()).open(uri);
  }

  private Configuration configuration() {
    return sparkSession().sparkContext().hadoopConfiguration();
  }
}
