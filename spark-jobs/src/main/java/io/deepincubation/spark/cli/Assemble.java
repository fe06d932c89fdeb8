package io.deepincubation.spark.cli;

import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "assemble", description = "Assembles the incubated modules into the target model.")
final class Assemble extends StageVerb {

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return List.of(incubation.assemble());
  }
}
