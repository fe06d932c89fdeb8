package io.deepincubation.spark.prepare;

import io.deepincubation.core.recipe.RecipeException;
import java.util.Arrays;
import java.util.Locale;

/** In what form images come. */
public enum SourceFormat {
  /** CIFAR where its files are found, class folders otherwise. */
  AUTO,
  /** The binary version of CIFAR-10 or CIFAR-100. */
  CIFAR,
  /** Image files in {@code train/CLASS/} and {@code test/CLASS/} or {@code val/CLASS/}. */
  IMAGE_FOLDER;

  /**
   * The format of a command-line word, such as {@code image-folder}.
   *
   * @throws RecipeException if there is none of that name
   */
  public static SourceFormat named(String word) {
    return Arrays.stream(values())
        .filter(format -> format.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new RecipeException(
                    "Cannot prepare a training set: expected a format of "
                        + Arrays.stream(values()).map(SourceFormat::word).toList()
                        + ", got "
                        + word));
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
