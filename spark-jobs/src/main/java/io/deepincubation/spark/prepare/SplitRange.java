package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.PreparedSetWriter;
import io.deepincubation.core.data.Sample;
import java.io.Serializable;
import java.util.Iterator;
import java.util.stream.IntStream;
import scala.Tuple2;

/** Reads the n-th of equal ranges of a split, and gives each sample its place in the set. */
final class SplitRange implements Serializable {

  private final SourceOpener opener;
  private final String split;
  private final long seed;
  private final int count;
  private final int ranges;

  /**
   * Cuts a split into ranges.
   *
   * @param seed decides the places
   * @param count samples of the split
   * @param ranges how many ranges
   */
  SplitRange(SourceOpener opener, String split, long seed, int count, int ranges) {
    this.opener = opener;
    this.split = split;
    this.seed = seed;
    this.count = count;
    this.ranges = ranges;
  }

  /** Samples as (place, (label, image)). */
  Iterator<Tuple2<Integer, Tuple2<Integer, byte[]>>> read(int range) {
    int from = (int) ((long) count * range / ranges);
    int to = (int) ((long) count * (range + 1) / ranges);
    int[] order = PreparedSetWriter.order(seed, split, count);
    Iterator<Sample> samples = opener.open().samples(split, from, to);
    return IntStream.range(from, to)
        .mapToObj(
            i -> {
              Sample sample = samples.next();
              return new Tuple2<>(order[i], new Tuple2<>(sample.label(), sample.image()));
            })
        .iterator();
  }
}
