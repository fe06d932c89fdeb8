package io.deepincubation.core.weights;

import com.google.gson.annotations.SerializedName;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hugging Face's {@code model.safetensors.index.json}: which file holds which tensor.
 *
 * @param metadata {@code total_size}: bytes of all tensors
 * @param weightMap file names by tensor names
 */
public record WeightsIndex(
    Map<String, Long> metadata, @SerializedName("weight_map") Map<String, String> weightMap) {

  /** The file's name in a stage's folder. */
  public static final String FILE = "model.safetensors.index.json";

  /** The index of shards in a folder, from their headers. */
  public static WeightsIndex of(Storage storage, String folder, List<Shard> shards) {
    var files = new LinkedHashMap<String, String>();
    long total = 0;
    for (Shard shard : shards) {
      String path = folder + "/" + shard.file();
      for (SafetensorsHeader.Entry entry : header(storage, path).entries()) {
        files.put(entry.name(), shard.file());
        total += entry.end() - entry.begin();
      }
    }
    return new WeightsIndex(Map.of("total_size", total), files);
  }

  private static SafetensorsHeader header(Storage storage, String path) {
    try (InputStream stream = storage.open(path)) {
      return SafetensorsHeader.read(stream);
    } catch (IOException e) {
      throw new StorageException(
          "Cannot read weights from " + storage.uri() + "/" + path + ": " + e.getMessage(), e);
    }
  }
}
