package io.deepincubation.spark.cluster;

import io.deepincubation.core.recipe.UsageException;
import java.util.Locale;

/** What a user wants to compute on: {@code spark.deepincubation.device}. */
public enum DeviceChoice {
  /** A GPU where Spark assigned one to the task, or this machine has one in local mode. */
  AUTO,
  /** A GPU, and nothing else. */
  GPU,
  /** The processor. */
  CPU;

  /**
   * Reads the configuration's word.
   *
   * @throws UsageException if it is another one
   */
  static DeviceChoice named(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "gpu" -> GPU;
      case "cpu" -> CPU;
      default ->
          throw new UsageException(
              "Cannot use " + SparkSettings.DEVICE + ": expected auto, gpu or cpu, got " + word);
    };
  }
}
