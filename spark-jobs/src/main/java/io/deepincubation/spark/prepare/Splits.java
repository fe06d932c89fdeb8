package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.source.ImageSource;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The splits' names in a set, whatever the source calls them. */
final class Splits {

  /** A split beside train and test. */
  static final String VALIDATION = "val";

  /** A split's word in a file's name, such as {@code train-00000-of-00001.parquet}. */
  private static final Pattern IN_FILE_NAME =
      Pattern.compile(
          "(?:^|[ ._-])(train|training|test|testing|val|valid|validation|dev)(?=[ ._0-9-]|$)",
          Pattern.CASE_INSENSITIVE);

  private Splits() {}

  static String named(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "", "train", "training" -> ImageSource.TRAIN;
      case "test", "testing" -> ImageSource.TEST;
      case "val", "valid", "validation", "dev" -> VALIDATION;
      default -> word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
    };
  }

  /** Whether a folder of this name is a split's. */
  static boolean isUsual(String folder) {
    return !folder.isEmpty()
        && List.of(ImageSource.TRAIN, ImageSource.TEST, VALIDATION).contains(named(folder));
  }

  /**
   * The split that a file is of by the names of its folders, or else its own.
   *
   * @param name below the source's folder
   * @return empty where no name tells
   */
  static String ofFile(String name) {
    String[] parts = name.split("/", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      if (isUsual(parts[i])) {
        return named(parts[i]);
      }
    }
    Matcher word = IN_FILE_NAME.matcher(parts[parts.length - 1]);
    return word.find() ? named(word.group(1)) : "";
  }
}
