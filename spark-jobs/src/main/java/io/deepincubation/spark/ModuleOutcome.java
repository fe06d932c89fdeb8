package io.deepincubation.spark;

import com.google.gson.Gson;
import io.deepincubation.core.checkpoint.StageResult;
import org.jspecify.annotations.Nullable;

/**
 * How a module's task ended. It crosses process borders as text, which any serializer carries.
 *
 * @param moduleIndex the module
 * @param sha256 digest of its weights; empty if it failed
 * @param seconds of training
 * @param accuracy of the hybrid network, or null if it was not measured
 * @param fault what went wrong for good, or null
 * @param message what the failure said; empty if there was none
 */
record ModuleOutcome(
    int moduleIndex,
    String sha256,
    double seconds,
    @Nullable Double accuracy,
    @Nullable Fault fault,
    String message) {

  /** A committed module. */
  static ModuleOutcome committed(int moduleIndex, StageResult result) {
    return new ModuleOutcome(
        moduleIndex, result.sha256(), result.seconds(), result.accuracy(), null, "");
  }

  /** A failure that another attempt would repeat. */
  static ModuleOutcome failed(int moduleIndex, Fault fault, String message) {
    return new ModuleOutcome(moduleIndex, "", 0, null, fault, message);
  }

  String toJson() {
    return new Gson().toJson(this);
  }

  static ModuleOutcome fromJson(String json) {
    return new Gson().fromJson(json, ModuleOutcome.class);
  }
}
