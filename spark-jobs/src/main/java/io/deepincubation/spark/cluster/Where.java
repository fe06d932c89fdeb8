package io.deepincubation.spark.cluster;

import io.deepincubation.core.recipe.UsageException;
import java.util.Locale;

/** Where a whole network is trained and measured. */
public enum Where {
  /** In the driver's process. */
  DRIVER,
  /** In one task of a job, for a driver without a GPU. */
  EXECUTOR;

  /**
   * Reads the configuration's word.
   *
   * @param key that it was found under
   * @throws UsageException if it is another one
   */
  static Where named(String key, String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "driver" -> DRIVER;
      case "executor" -> EXECUTOR;
      default ->
          throw new UsageException(
              "Cannot use " + key + ": expected driver or executor, got " + word);
    };
  }
}
