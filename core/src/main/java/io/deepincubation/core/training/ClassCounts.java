package io.deepincubation.core.training;

import io.deepincubation.core.run.ClassMeasures;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How many images each class has, how many are taken for it, and how many of these rightly. */
final class ClassCounts {

  private final long[] images;
  private final long[] taken;
  private final long[] right;

  ClassCounts(int classes) {
    images = new long[classes];
    taken = new long[classes];
    right = new long[classes];
  }

  /** An image is of a class, or is taken for it, or both. */
  void add(int label, boolean isOfIt, boolean isTaken) {
    images[label] += isOfIt ? 1 : 0;
    taken[label] += isTaken ? 1 : 0;
    right[label] += isOfIt && isTaken ? 1 : 0;
  }

  ClassMeasures measures(@Nullable List<Double> averagePrecision) {
    return new ClassMeasures(
        IntStream.range(0, images.length).mapToObj(i -> images[i]).toList(),
        each(this::precision),
        each(this::recall),
        each(this::f1),
        averagePrecision);
  }

  private List<Double> each(IntToDoubleFunction measure) {
    return IntStream.range(0, images.length).mapToObj(measure::applyAsDouble).toList();
  }

  private double precision(int label) {
    return share(right[label], taken[label]);
  }

  private double recall(int label) {
    return share(right[label], images[label]);
  }

  private double f1(int label) {
    return share(2 * right[label], images[label] + taken[label]);
  }

  /** F1 of all classes together. */
  double microF1() {
    return share(2 * sum(right), sum(images) + sum(taken));
  }

  private static long sum(long[] counts) {
    return IntStream.range(0, counts.length).mapToLong(i -> counts[i]).sum();
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** The mean of a value of each class over those that have images; 0 where none has. */
  static double mean(ClassMeasures measures, List<Double> values) {
    return IntStream.range(0, values.size())
        .filter(label -> measures.images().get(label) > 0)
        .mapToDouble(values::get)
        .average()
        .orElse(0);
  }
}
