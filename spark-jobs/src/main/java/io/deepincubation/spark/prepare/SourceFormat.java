package io.deepincubation.spark.prepare;

import io.deepincubation.core.recipe.UsageException;
import java.util.Arrays;
import java.util.Locale;

/** In what form images come. */
public enum SourceFormat {
  /** Found out by what lies in the folder, or is in the catalog. */
  AUTO,
  /** The binary version of CIFAR-10 or CIFAR-100. */
  CIFAR,
  /** IDX files of the MNIST family, plain or gzipped. */
  IDX,
  /** Image files in {@code SPLIT/CLASS/} or in {@code CLASS/}. */
  IMAGE_FOLDER,
  /** A table of Spark's catalog, Iceberg's and Delta's among them, or a temporary view. */
  TABLE,
  /** Parquet files with an image column. */
  PARQUET,
  /** ORC files with an image column. */
  ORC,
  /** A Delta table by its path. */
  DELTA,
  /** An Iceberg table by its path. */
  ICEBERG;

  /**
   * The format of a command-line word, such as {@code image-folder}.
   *
   * @throws UsageException if there is none of that name
   */
  public static SourceFormat named(String word) {
    return Arrays.stream(values())
        .filter(format -> format.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "Cannot prepare a training set: expected a format of "
                        + Arrays.stream(values()).map(SourceFormat::word).toList()
                        + ", got "
                        + word));
  }

  /** The command-line word. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
