package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.source.ImageSource;
import java.util.Locale;

/** The splits' names in a set, whatever the source calls them. */
final class Splits {

  /** A split beside train and test. */
  static final String VALIDATION = "val";

  private Splits() {}

  static String named(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "", "train", "training" -> ImageSource.TRAIN;
      case "test", "testing" -> ImageSource.TEST;
      case "val", "valid", "validation", "dev" -> VALIDATION;
      default -> word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
    };
  }
}
