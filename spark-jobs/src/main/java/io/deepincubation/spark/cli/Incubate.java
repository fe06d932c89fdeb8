package io.deepincubation.spark.cli;

import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "incubate", description = "Incubates the modules, each in a task of one Spark job.")
final class Incubate extends StageVerb {

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return incubation.incubateModules();
  }
}
