package io.deepincubation.core.data.set;

import io.deepincubation.core.random.Permutation;
import io.deepincubation.core.random.RandomStream;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** The labelled samples of a split, with random access. Safe for use by several threads. */
public interface SampleTable {

  /** Number of samples. */
  int size();

  /** A number that all labels are below. */
  int labelBound();

  /**
   * The label of a sample, from 0.
   *
   * @param index from 0 to {@link #size} - 1
   */
  int label(int index);

  /** The labels of all samples, in order. */
  default int[] labels() {
    return IntStream.range(0, size()).map(this::label).toArray();
  }

  /**
   * All indices in the order of an epoch.
   *
   * @param random decides the order
   */
  default int[] shuffled(RandomStream random) {
    return shuffled(random, rows -> rows);
  }

  /**
   * Indices in the order of an epoch, drawn anew among those that are mixed at a time: all of them,
   * or those of a window where samples are streamed.
   *
   * @param random decides the order
   * @param drawn gives as many indices as it gets, of those
   */
  default int[] shuffled(RandomStream random, UnaryOperator<int[]> drawn) {
    return drawn.apply(Permutation.of(random, size()));
  }
}
