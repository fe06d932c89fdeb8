package io.deepincubation.core.method;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;

/** The weights of the stages that a stage needs. */
@FunctionalInterface
public interface StageInputs {

  /**
   * A module's weights as a committed stage left them.
   *
   * @param stage the committed stage
   * @param moduleIndex the module, one that it kept
   */
  Weights module(Stage stage, int moduleIndex);

  /**
   * Read from a run's folder.
   *
   * @throws MissingStageException when asked for a stage that is not committed
   */
  static StageInputs of(RunFolder folder) {
    return (stage, moduleIndex) -> {
      StageResult result = MissingStageException.require(folder, stage.name());
      return folder.readShard(stage.name(), result.shards().get(stage.kept().indexOf(moduleIndex)));
    };
  }
}
