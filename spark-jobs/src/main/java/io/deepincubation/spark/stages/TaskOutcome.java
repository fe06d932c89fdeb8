package io.deepincubation.spark.stages;

import com.google.gson.Gson;
import io.deepincubation.core.run.StageResult;
import org.jspecify.annotations.Nullable;

/**
 * How a stage's task ended. It crosses process borders as text, which any serializer carries.
 *
 * @param stage the stage's name
 * @param sha256 digest of its weights; empty if it failed
 * @param seconds of training
 * @param fault what went wrong for good, or null
 * @param message what the failure said; empty if there was none
 */
record TaskOutcome(
    String stage, String sha256, double seconds, @Nullable Fault fault, String message) {

  /** A committed stage. */
  static TaskOutcome committed(StageResult result) {
    return new TaskOutcome(result.stage(), result.sha256(), result.seconds(), null, "");
  }

  /** A failure that another attempt would repeat. */
  static TaskOutcome failed(String stage, Fault fault, String message) {
    return new TaskOutcome(stage, "", 0, fault, message);
  }

  String toJson() {
    return new Gson().toJson(this);
  }

  static TaskOutcome fromJson(String json) {
    return new Gson().fromJson(json, TaskOutcome.class);
  }
}
