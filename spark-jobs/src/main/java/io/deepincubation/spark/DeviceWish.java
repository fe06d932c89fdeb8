package io.deepincubation.spark;

import io.deepincubation.core.recipe.RecipeException;
import java.util.Locale;

/** What a user wants to compute on: {@code spark.deepincubation.device}. */
public enum DeviceWish {
  /** A GPU where Spark assigned one to the task, or this machine has one in local mode. */
  AUTO,
  /** A GPU, and nothing else. */
  GPU,
  /** The processor. */
  CPU;

  /**
   * Reads the configuration's word.
   *
   * @throws RecipeException if it is another one
   */
  static DeviceWish named(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "gpu" -> GPU;
      case "cpu" -> CPU;
      default ->
          throw new RecipeException(
              "Cannot use " + SparkSettings.DEVICE + ": expected auto, gpu or cpu, got " + word);
    };
  }
}
