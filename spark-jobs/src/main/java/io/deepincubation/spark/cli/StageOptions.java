package io.deepincubation.spark.cli;

import io.deepincubation.core.method.Stages;
import picocli.CommandLine.Option;

/** Which network of a run. */
final class StageOptions {

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      defaultValue = Stages.FINAL,
      description =
          "The stage of a whole network, such as final or baselines/e2e; default ${DEFAULT-VALUE}.")
  private String stage = Stages.FINAL;

  /** Its name. */
  String stage() {
    return stage;
  }
}
