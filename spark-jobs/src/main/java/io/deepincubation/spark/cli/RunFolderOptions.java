package io.deepincubation.spark.cli;

import picocli.CommandLine.Option;

/** A run that is there. */
final class RunFolderOptions {

  @Option(names = "--run", required = true, paramLabel = "URI", description = "The run's folder.")
  private String run = "";

  /** The run's folder. */
  String run() {
    return run;
  }
}
