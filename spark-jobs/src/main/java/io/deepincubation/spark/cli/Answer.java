package io.deepincubation.spark.cli;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * What a verb has to say at its end.
 *
 * @param lines for people
 * @param json for programs
 */
record Answer(List<String> lines, JsonObject json) {

  /** Copies. */
  Answer {
    lines = List.copyOf(lines);
  }
}
