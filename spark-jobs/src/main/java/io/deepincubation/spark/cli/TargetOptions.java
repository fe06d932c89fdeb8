package io.deepincubation.spark.cli;

import picocli.CommandLine.Option;

/** Where a verb writes. */
final class TargetOptions {

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description = "The folder that is written.")
  private String to = "";

  /** The folder. */
  String to() {
    return to;
  }
}
