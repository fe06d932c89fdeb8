package io.deepincubation.spark.stages;

import io.deepincubation.core.method.RoundSum;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.run.RangeSum;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import org.apache.spark.api.java.function.Function;

/**
 * The ranges of weights that a job sums at the end of a round, as Spark carries them to executors;
 * a task sums the one of its number.
 */
final class SumTask implements Function<Integer, Integer> {

  private static final long serialVersionUID = 1L;

  private final StageJobSettings settings;
  private final StorageFactory storages;
  private final List<Stage> stages;
  private final List<RangeSum> sums;

  /**
   * The sums of a job.
   *
   * @param settings for all of its tasks
   * @param storages opens the run folder
   * @param stages that they are of
   * @param sums what tasks do, by their numbers
   */
  SumTask(
      StageJobSettings settings, StorageFactory storages, List<Stage> stages, List<RangeSum> sums) {
    this.settings = settings;
    this.storages = storages;
    this.stages = List.copyOf(stages);
    this.sums = List.copyOf(sums);
  }

  /**
   * Sums a range and hands it in.
   *
   * @return the task's number
   */
  @Override
  public Integer call(Integer number) {
    RangeSum sum = sums.get(number);
    RoundSum.run(
        Stage.named(sum.stage(), stages),
        sum,
        new RunFolder(storages.open(settings.runUri()), settings.spark().checkpoints()),
        settings.inputs());
    return number;
  }
}
