package io.deepincubation.spark.cli;

import io.deepincubation.spark.prepare.SourceFormat;
import picocli.CommandLine.Option;

/** Where images or texts come from. */
final class SourceOptions {

  @Option(
      names = "--from",
      required = true,
      paramLabel = "URI",
      description = "The folder of the images or texts, or the name of a table.")
  private String from = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      description =
          "auto (default), cifar, idx, image-folder, table (by name), parquet, orc, delta or"
              + " iceberg (by path).")
  private String format = "auto";

  /** The folder, or the name of a table. */
  String from() {
    return from;
  }

  /** The form of what lies there. */
  SourceFormat format() {
    return SourceFormat.named(format);
  }
}
