package io.deepincubation.spark.cli;

import com.google.gson.Gson;
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

  /** What a line begins with that tells of something that should not be so. */
  static final String WARNING = "Warning: ";

  /**
   * What a verb that did its work has to say.
   *
   * @param facts become the JSON, a key for each component in its order; what is null is left out
   */
  Answer(List<String> lines, Record facts) {
    this(lines, facts, null);
  }

  /** What a verb has to say that may end with a failure. */
  Answer(List<String> lines, Record facts, @Nullable RuntimeException failure) {
    this(lines, new Gson().toJsonTree(facts).getAsJsonObject(), failure);
  }

  /** Copies. */
  Answer {
    lines = List.copyOf(lines);
  }
}
