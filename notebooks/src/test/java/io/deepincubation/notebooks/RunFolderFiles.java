package io.deepincubation.notebooks;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A run's folder, as its files tell.
 *
 * @param folder on this machine
 */
record RunFolderFiles(Path folder) {

  /** Top-1 of a committed stage, 0 to 1. */
  double accuracy(String stage) {
    try {
      String json = Files.readString(folder.resolve(stage).resolve("result.json"));
      return JsonParser.parseString(json).getAsJsonObject().get("accuracy").getAsDouble();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the result of " + stage, e);
    }
  }
}
