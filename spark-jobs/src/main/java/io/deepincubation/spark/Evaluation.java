package io.deepincubation.spark;

import io.deepincubation.core.api.Stable;
import io.deepincubation.core.method.Measured;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.training.ConfusionMatrix;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a network is worth on the images of a split.
 *
 * @param stage the stage that committed the network
 * @param split the split's name
 * @param classNames by class number
 * @param measured all that was measured
 */
@Stable
public record Evaluation(String stage, String split, List<String> classNames, Measured measured) {

  /** Copies. */
  public Evaluation {
    classNames = List.copyOf(classNames);
  }

  /** The primary measure, 0 to 1: top-1 accuracy, of several labels mean average precision. */
  public double accuracy() {
    return metrics().value();
  }

  /** All measures by name, see {@link Metrics}. */
  public Metrics metrics() {
    return measured.metrics();
  }

  /** Precision, recall and F1 of each class. */
  public ClassMeasures classes() {
    return measured.classes();
  }

  /**
   * How often images of each class were taken for each.
   *
   * @throws IllegalStateException if an image may have several classes
   */
  public ConfusionMatrix confusion() {
    return Optional.ofNullable(measured.confusion())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot tell which class images were taken for: expected images of one class"
                        + " each, got images of any number"));
  }

  /** Images of the split. */
  public long images() {
    return measured.images();
  }

  /** Images for which the network's outputs are no numbers; they count as wrong. */
  public long unanswered() {
    double share = metrics().values().getOrDefault(Metrics.UNANSWERED, 0.0);
    return Math.round(share * images());
  }

  /** In words, such as {@code final: top-1 91.2 % of 2,400 test images}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %s %s of %,d %s images",
        stage,
        Metrics.title(metrics().primary()),
        Quantities.percent(accuracy()),
        images(),
        split);
  }
}
