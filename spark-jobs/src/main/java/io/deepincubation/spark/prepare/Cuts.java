package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;
import scala.Tuple3;

/**
 * Which training images become the test split, and which of the others a subset takes. Both are cut
 * where so many images of a class, or of all, lie below: by numbers that are pure functions of seed
 * and image. Equal images have equal numbers, so they are set aside together; of a subset exactly
 * as many are taken as it wants.
 */
final class Cuts implements Serializable {

  /** Nothing is set aside or left out. */
  static final Cuts NONE = new Cuts(Subset.ALL, Map.of(), Map.of());

  private static final long serialVersionUID = 1L;

  /** The group of all classes. */
  private static final int ALL = -1;

  /** The place of no image. */
  private static final long NOWHERE = -1;

  private final Subset subset;

  /** The highest shares that are set aside, by label. */
  private final HashMap<Integer, Double> aside;

  /** The highest places that are taken and how many images of it, by label or for all. */
  private final HashMap<Integer, Tuple2<Long, Long>> limits;

  private Cuts(Subset subset, Map<Integer, Double> aside, Map<Integer, Tuple2<Long, Long>> limits) {
    this.subset = subset;
    this.aside = new HashMap<>(aside);
    this.limits = new HashMap<>(limits);
  }

  /**
   * The cuts of a preparation, which reads its images once for them.
   *
   * @param samples all rows
   * @param examiner tells places and shares
   * @throws UnfitDataException if there are fewer images than a subset wants
   */
  static Cuts of(
      Preparation request, JavaRDD<RawSample> samples, Examiner examiner, List<String> classNames) {
    if (request.testFraction() == 0 && !request.subset().leavesOut()) {
      return NONE;
    }
    JavaRDD<Tuple3<Integer, Long, Double>> marks =
        samples
            .map(examiner::mark)
            .filter(Optional::isPresent)
            .map(Optional::get)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return of(request, marks, classNames);
    } finally {
      marks.unpersist();
    }
  }

  private static Cuts of(
      Preparation request, JavaRDD<Tuple3<Integer, Long, Double>> marks, List<String> classNames) {
    Subset subset = request.subset();
    Cuts cuts = NONE;
    if (request.testFraction() > 0) {
      double fraction = request.testFraction();
      JavaPairRDD<Integer, Double> shares =
          marks.mapToPair(mark -> new Tuple2<>(mark._1(), mark._3()));
      cuts =
          new Cuts(
              Subset.ALL,
              shares.groupByKey().mapValues(all -> highestAside(all, fraction)).collectAsMap(),
              Map.of());
    }
    if (subset.leavesOut()) {
      Cuts before = cuts;
      JavaPairRDD<Integer, Long> places =
          marks
              .filter(mark -> !before.setsAside(mark._1(), mark._3()))
              .mapToPair(mark -> new Tuple2<>(group(subset, mark._1()), mark._2()));
      cuts =
          new Cuts(
              subset,
              before.aside,
              places.groupByKey().mapValues(all -> limit(all, subset)).collectAsMap());
      cuts.requireImages(classNames);
    }
    return cuts;
  }

  private static int group(Subset subset, int label) {
    return subset.byClass() ? label : ALL;
  }

  /** Below 0 where a class has too few images to set any aside. */
  private static double highestAside(Iterable<Double> shares, double fraction) {
    double[] sorted =
        StreamSupport.stream(shares.spliterator(), false)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    int wanted = (int) Math.max(1, Math.round(sorted.length * fraction));
    double highest = sorted[Math.min(wanted, sorted.length) - 1];
    if (highest < sorted[sorted.length - 1]) {
      return highest;
    }
    int below = sorted.length;
    while (below > 0 && sorted[below - 1] == highest) {
      below--;
    }
    return below == 0 ? -1 : sorted[below - 1];
  }

  private static Tuple2<Long, Long> limit(Iterable<Long> places, Subset subset) {
    long[] sorted =
        StreamSupport.stream(places.spliterator(), false)
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    int taken = (int) subset.of(sorted.length);
    if (taken < 1 || taken > sorted.length) {
      return new Tuple2<>(NOWHERE, 0L);
    }
    int first = taken - 1;
    while (first > 0 && sorted[first - 1] == sorted[taken - 1]) {
      first--;
    }
    return new Tuple2<>(sorted[taken - 1], (long) taken - first);
  }

  private void requireImages(List<String> classNames) {
    if (limits.values().stream().allMatch(limit -> limit._1() == NOWHERE)
        && subset.imagesPerClass() == 0) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot take a subset: expected one training image or more, got none by --fraction"
                  + " %s of all; raise it",
              subset.fraction()));
    }
    for (int label = 0; label < classNames.size() && subset.imagesPerClass() > 0; label++) {
      if (place(label) == NOWHERE) {
        throw new UnfitDataException(
            String.format(
                Locale.ROOT,
                "Cannot take a balanced subset: expected %d images of each class, got fewer of %s",
                subset.imagesPerClass(),
                classNames.get(label)));
      }
    }
  }

  private long place(int label) {
    Tuple2<Long, Long> limit = limits.get(group(subset, label));
    return limit == null ? NOWHERE : limit._1();
  }

  /** Whether a training image becomes one of the test split. */
  boolean setsAside(int label, double share) {
    Double highest = aside.get(label);
    return highest != null && share <= highest;
  }

  /** Whether the subset takes training images of this place. */
  boolean takes(int label, long place) {
    return !subset.leavesOut() || place <= place(label);
  }

  /** How many images of a place are taken. */
  long most(int label, long place) {
    Tuple2<Long, Long> limit = limits.get(group(subset, label));
    return limit != null && limit._1() == place ? limit._2() : Long.MAX_VALUE;
  }
}
