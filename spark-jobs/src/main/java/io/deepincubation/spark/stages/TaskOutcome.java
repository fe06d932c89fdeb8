package io.deepincubation.spark.stages;

import com.google.gson.Gson;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.StageResult;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended. It crosses process borders as text, which any serializer carries.
 *
 * @param assignment what it was to do
 * @param sha256 digest of a whole stage's weights; else empty
 * @param seconds of a whole stage's training; else 0
 * @param fault what went wrong for good, or null
 * @param message what the failure said; empty if there was none
 */
record TaskOutcome(
    Assignment assignment, String sha256, double seconds, @Nullable Fault fault, String message) {

  /** A stage that is handed in. */
  static TaskOutcome done(StageResult result) {
    return new TaskOutcome(
        Assignment.whole(result.stage()), result.sha256(), result.seconds(), null, "");
  }

  /** A worker's part of a round that is handed in. */
  static TaskOutcome done(Assignment part) {
    return new TaskOutcome(part, "", 0, null, "");
  }

  /** A failure that another attempt would repeat. */
  static TaskOutcome failed(Assignment assignment, Fault fault, String message) {
    return new TaskOutcome(assignment, "", 0, fault, message);
  }

  String toJson() {
    return new Gson().toJson(this);
  }

  static TaskOutcome fromJson(String json) {
    return new Gson().fromJson(json, TaskOutcome.class);
  }
}
