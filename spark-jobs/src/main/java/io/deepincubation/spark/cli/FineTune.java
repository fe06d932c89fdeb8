package io.deepincubation.spark.cli;

import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "fine-tune", description = "Fine-tunes the assembled model end to end.")
final class FineTune extends StageVerb {

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return List.of(incubation.fineTune());
  }
}
