package io.deepincubation.spark.cli;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a verb has to say at its end.
 *
 * @param lines for people
 * @param json for programs
 * @param failure that the verb ends with after it has said so, or null
 */
record Answer(List<String> lines, JsonObject json, @Nullable RuntimeException failure) {

  /** What a verb that did its work has to say. */
  Answer(List<String> lines, JsonObject json) {
    this(lines, json, null);
  }

  /** Copies. */
  Answer {
    lines = List.copyOf(lines);
  }
}
