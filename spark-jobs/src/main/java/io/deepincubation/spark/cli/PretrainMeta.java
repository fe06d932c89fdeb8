package io.deepincubation.spark.cli;

import io.deepincubation.core.run.StageResult;
import io.deepincubation.spark.SparkDeepIncubation;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "pretrain-meta", description = "Pre-trains the meta model.")
final class PretrainMeta extends StageVerb {

  @Override
  List<StageResult> train(SparkDeepIncubation incubation) {
    return List.of(incubation.preTrainMetaModel());
  }
}
