package io.deepincubation.spark;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import java.util.Locale;

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

  /** In words, such as {@code final: top-1 91.2 % of 2,400 test images}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: top-1 %s of %,d test images",
        stage,
        Quantities.percent(accuracy()),
        images());
  }
}
