package io.deepincubation.core.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A class-balanced subset of a source's training split (Tab. 5): the first samples of each class,
 * in the source's order. Other splits are as they were.
 */
public final class FirstOfEachClass implements ImageSource {

  private final ImageSource source;
  private final int[] places;

  /**
   * Takes places of the training split.
   *
   * @param source all samples
   * @param places in the source's training split, rising; see {@link #places}
   */
  public FirstOfEachClass(ImageSource source, int[] places) {
    this.source = source;
    this.places = places.clone();
  }

  /**
   * Finds the first samples of each class.
   *
   * @param source all samples
   * @param perClass samples of each class
   * @return their places in the training split, rising
   * @throws UnfitDataException if a class has fewer
   */
  public static int[] places(ImageSource source, int perClass) {
    int[] labels = source.labels(TRAIN);
    var taken = new HashMap<Integer, Integer>();
    int[] places =
        IntStream.range(0, labels.length)
            .filter(i -> taken.merge(labels[i], 1, Integer::sum) <= perClass)
            .toArray();
    for (int label = 0; label < source.classNames().size(); label++) {
      int count = taken.getOrDefault(label, 0);
      if (count < perClass) {
        throw new UnfitDataException(
            String.format(
                "Cannot take a balanced subset: expected %d images of each class, got %d of %s",
                perClass, count, source.classNames().get(label)));
      }
    }
    return places;
  }

  @Override
  public List<String> classNames() {
    return source.classNames();
  }

  @Override
  public List<String> splits() {
    return source.splits();
  }

  @Override
  public long count(String split) {
    return split.equals(TRAIN) ? places.length : source.count(split);
  }

  @Override
  public Iterator<Sample> samples(String split, long from, long to) {
    if (!split.equals(TRAIN) || from == to) {
      return source.samples(split, from, to);
    }
    var runs = new ArrayList<Iterator<Sample>>();
    int start = (int) from;
    while (start < to) {
      int end = start + 1;
      while (end < to && places[end] == places[end - 1] + 1) {
        end++;
      }
      runs.add(source.samples(split, places[start], places[end - 1] + 1L));
      start = end;
    }
    return runs.stream().flatMap(FirstOfEachClass::stream).iterator();
  }

  private static Stream<Sample> stream(Iterator<Sample> samples) {
    Iterable<Sample> iterable = () -> samples;
    return StreamSupport.stream(iterable.spliterator(), /* parallel= */ false);
  }

  @Override
  public int[] labels(String split) {
    int[] all = source.labels(split);
    return split.equals(TRAIN) ? IntStream.of(places).map(i -> all[i]).toArray() : all;
  }
}
