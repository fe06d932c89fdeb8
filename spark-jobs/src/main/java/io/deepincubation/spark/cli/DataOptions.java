package io.deepincubation.spark.cli;

import picocli.CommandLine.Option;

/** The set that a verb works on. */
final class DataOptions {

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "The folder that `prepare` made.")
  private String data = "";

  /** Its folder. */
  String data() {
    return data;
  }
}
