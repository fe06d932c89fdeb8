package io.deepincubation.core.training;

import io.deepincubation.core.run.Answers;
import io.deepincubation.core.run.ClassMeasures;
import io.deepincubation.core.run.Metrics;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a network was found to be worth on a split.
 *
 * @param metrics all that was measured
 * @param predicted the class that it takes each image for, in order, below 0 where its outputs are
 *     no numbers; empty without classes, and where an image may have several
 * @param shares finds what each image gives the primary measure, see {@link Tally#shares}
 * @param classes class by class; null without classes
 * @param scenes draws the first images, see {@link Tally#scenes}
 */
public record Measurement(
    Metrics metrics,
    List<Integer> predicted,
    Supplier<List<Double>> shares,
    @Nullable ClassMeasures classes,
    Supplier<Optional<byte[]>> scenes) {

  static final Supplier<List<Double>> NO_SHARES = List::of;
  static final Supplier<Optional<byte[]>> NO_SCENES = Optional::empty;

  /** Copies. */
  public Measurement {
    predicted = List.copyOf(predicted);
  }

  /** One without classes. */
  public Measurement(Metrics metrics, List<Integer> predicted) {
    this(metrics, predicted, NO_SHARES, null, NO_SCENES);
  }

  /** What was counted. */
  public static Measurement of(Tally tally) {
    return of(tally, tally.metrics());
  }

  /**
   * The same with other measures.
   *
   * @param metrics those that were counted, and more
   */
  static Measurement of(Tally tally, Metrics metrics) {
    return new Measurement(
        metrics, tally.predicted(), tally.shares(), tally.classes(), tally.scenes());
  }

  /** What the network says of the images. */
  public Answers answers() {
    return new Answers(predicted, shares.get(), scenes.get());
  }
}
