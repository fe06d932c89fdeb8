package io.deepincubation.spark.cli;

import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "run",
    description =
        "Runs all stages: meta pre-training, incubation of each module, assembly, fine-tuning,"
            + " each with an evaluation.")
final class Run extends StageVerb {

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return Results.inOrder(incubation.run());
  }
}
