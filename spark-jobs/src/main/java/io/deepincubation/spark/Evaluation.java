package io.deepincubation.spark;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;

/**
 * What a network takes the images of the test split for.
 *
 * @param stage the stage that committed the network
 * @param classNames by class number
 * @param confusion how often each class was taken for each
 */
@Stable
public record Evaluation(String stage, List<String> classNames, ConfusionMatrix confusion) {

  /** Copies. */
  public Evaluation {
    classNames = List.copyOf(classNames);
  }

  /** Top-1 accuracy, 0 to 1. */
  public double accuracy() {
    return confusion.accuracy();
  }

  /** Images of the test split. */
  public long images() {
    return confusion.images();
  }
}
