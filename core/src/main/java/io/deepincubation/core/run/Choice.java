package io.deepincubation.core.run;

import io.deepincubation.core.api.Evolving;
import io.deepincubation.core.weights.WeightsFile.Shard;
import java.util.List;

/**
 * How a stage's weights were chosen among those of its measurements, by the recipe's {@code best}.
 *
 * @param metric the measure that told the best
 * @param value the best one's
 * @param step optimizer steps done at the best measurement
 * @param stoppedEarly whether the stage ended since no better measurement came
 * @param plannedSteps optimizer steps that the stage would have taken
 * @param last the last weights' files, in the folder {@code last} of the stage's, in module order
 */
@Evolving
public record Choice(
    String metric,
    double value,
    long step,
    boolean stoppedEarly,
    long plannedSteps,
    List<Shard> last) {

  /** Where the last weights lie in a stage's folder, a model of its own. */
  private static final String LAST = "last";

  /** The folder of a stage's last weights. */
  public static String folder(String stage) {
    return stage + "/" + LAST;
  }

  /** Copies. */
  public Choice {
    last = List.copyOf(last);
  }

  /** The same with the files of the last weights. */
  public Choice with(List<Shard> files) {
    return new Choice(metric, value, step, stoppedEarly, plannedSteps, files);
  }
}
