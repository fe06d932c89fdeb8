package io.deepincubation.core.method;

import io.deepincubation.core.network.Weights;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.function.BiFunction;

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
    return of(folder, folder::readShard);
  }

  /**
   * Read from a run's folder once by all tasks of this process.
   *
   * @throws MissingStageException when asked for a stage that is not committed
   */
  static StageInputs shared(RunFolder folder) {
    return of(folder, folder::sharedShard);
  }

  private static StageInputs of(RunFolder folder, BiFunction<String, Shard, Weights> reader) {
    return (stage, moduleIndex) -> {
      StageResult result = MissingStageException.require(folder, stage.name());
      Shard shard = result.shards().get(stage.kept().indexOf(moduleIndex));
      return reader.apply(stage.name(), shard);
    };
  }
}
