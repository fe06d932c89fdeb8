package io.deepincubation.spark.prepare;

import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.LabelSets;
import io.deepincubation.core.data.source.ImageSource;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Which training images become the splits test and val, and which of the others a subset takes. All
 * are cut where so many images of a class, or of all, lie below: by numbers that are pure functions
 * of seed and image. Equal images have equal numbers, so they are set aside together; of a subset
 * exactly as many are taken as it wants. An image of several classes counts as one of that of them
 * which has the fewest.
 */
final class Cuts implements Serializable {

  /** Nothing is set aside or left out. */
  static final Cuts NONE = new Cuts(Subset.ALL, new Groups(Map.of()), Map.of(), Map.of(), Map.of());

  private static final long serialVersionUID = 1L;

  /** The group of all classes. */
  private static final int ALL = -1;

  /** The place of no image. */
  private static final long NOWHERE = -1;

  private static final Tuple2<Long, Long> NO_LIMIT = new Tuple2<>(NOWHERE, 0L);

  private final Subset subset;
  private final Groups groups;

  /** The highest shares that become test images, by group. */
  private final HashMap<Integer, Double> test;

  /** The highest shares above those that become validation images, by group. */
  private final HashMap<Integer, Double> validation;

  /** The highest places that are taken and how many images of it, by group or for all. */
  private final HashMap<Integer, Tuple2<Long, Long>> limits;

  private Cuts(
      Subset subset,
      Groups groups,
      Map<Integer, Double> test,
      Map<Integer, Double> validation,
      Map<Integer, Tuple2<Long, Long>> limits) {
    this.subset = subset;
    this.groups = groups;
    this.test = new HashMap<>(test);
    this.validation = new HashMap<>(validation);
    this.limits = new HashMap<>(limits);
  }

  /**
   * What labels are counted as: the class that they are, or where they stand for several the one
   * with the fewest images.
   *
   * @param rarest by label, where they stand for several
   */
  private record Groups(HashMap<Integer, Integer> rarest) implements Serializable {

    Groups(Map<Integer, Integer> rarest) {
      this(new HashMap<>(rarest));
    }

    static Groups of(LabelSets sets, Map<Integer, Long> images) {
      var rarest = new HashMap<Integer, Integer>();
      if (sets.areSeveral()) {
        var ofLabels = new ArrayList<Integer>();
        for (int label = 0; label < sets.labels(); label++) {
          ofLabels.add(Math.toIntExact(images.getOrDefault(label, 0L)));
        }
        List<Integer> ofClasses = sets.ofClasses(ofLabels);
        for (int label = 0; label < sets.labels(); label++) {
          rarest.put(
              label,
              sets.of(label).stream()
                  .min(Comparator.comparing(ofClasses::get))
                  .orElse(sets.classes()));
        }
      }
      return new Groups(rarest);
    }

    int of(int label) {
      return rarest.getOrDefault(label, label);
    }
  }

  /**
   * The cuts of a preparation, which reads its images once for them.
   *
   * @param samples all rows
   * @param examiner tells places and shares
   * @throws UnfitDataException if there are fewer images than a subset wants
   */
  static Cuts of(
      Preparation request,
      JavaRDD<RawSample> samples,
      Examiner examiner,
      List<String> classNames,
      LabelSets sets) {
    if (request.testFraction() == 0
        && request.validationFraction() == 0
        && !request.subset().leavesOut()) {
      return NONE;
    }
    JavaRDD<Tuple3<Integer, Long, Double>> marks =
        samples
            .map(examiner::mark)
            .filter(Optional::isPresent)
            .map(Optional::get)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      return of(request, marks, classNames, sets);
    } finally {
      marks.unpersist();
    }
  }

  private static Cuts of(
      Preparation request,
      JavaRDD<Tuple3<Integer, Long, Double>> marks,
      List<String> classNames,
      LabelSets sets) {
    Subset subset = request.subset();
    Map<Integer, Long> images = marks.map(Tuple3::_1).countByValue();
    Groups groups = Groups.of(sets, images);
    Map<Integer, Long> ofGroups = new HashMap<>();
    images.forEach((label, count) -> ofGroups.merge(groups.of(label), count, Long::sum));
    Cuts cuts = new Cuts(Subset.ALL, groups, Map.of(), Map.of(), Map.of());
    if (request.testFraction() > 0) {
      cuts =
          new Cuts(
              Subset.ALL,
              groups,
              aside(marks, cuts, ofGroups, request.testFraction()),
              Map.of(),
              Map.of());
    }
    if (request.validationFraction() > 0) {
      cuts =
          new Cuts(
              Subset.ALL,
              groups,
              cuts.test,
              aside(marks, cuts, ofGroups, request.validationFraction()),
              Map.of());
    }
    if (subset.leavesOut()) {
      Cuts before = cuts;
      JavaPairRDD<Integer, Long> places =
          marks
              .filter(mark -> before.setsAside(mark._1(), mark._3()).isEmpty())
              .mapToPair(mark -> new Tuple2<>(before.group(subset, mark._1()), mark._2()));
      cuts =
          new Cuts(
              subset,
              groups,
              before.test,
              before.validation,
              places.groupByKey().mapValues(all -> limit(all, subset)).collectAsMap());
      cuts.requireImages(classNames);
    }
    return cuts;
  }

  /** The highest share of each group that is set aside of those that are not yet. */
  private static Map<Integer, Double> aside(
      JavaRDD<Tuple3<Integer, Long, Double>> marks,
      Cuts before,
      Map<Integer, Long> ofGroups,
      double fraction) {
    JavaPairRDD<Integer, Double> shares =
        marks
            .filter(mark -> before.setsAside(mark._1(), mark._3()).isEmpty())
            .mapToPair(mark -> new Tuple2<>(before.groups.of(mark._1()), mark._3()));
    return shares
        .groupByKey()
        .mapToPair(
            group ->
                new Tuple2<>(
                    group._1(),
                    highestAside(group._2(), ofGroups.getOrDefault(group._1(), 0L) * fraction)))
        .collectAsMap();
  }

  private int group(Subset wanted, int label) {
    return wanted.byClass() ? groups.of(label) : ALL;
  }

  /** Below 0 where a group has too few images to set any aside. */
  private static double highestAside(Iterable<Double> shares, double count) {
    double[] sorted =
        StreamSupport.stream(shares.spliterator(), false)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    int wanted = (int) Math.max(1, Math.round(count));
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
      if (limits.getOrDefault(label, NO_LIMIT)._1() == NOWHERE) {
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

  /** The split that a training image becomes one of, where it is set aside. */
  Optional<String> setsAside(int label, double share) {
    int group = groups.of(label);
    if (share <= test.getOrDefault(group, -1.0)) {
      return Optional.of(ImageSource.TEST);
    }
    return share <= validation.getOrDefault(group, -1.0)
        ? Optional.of(Splits.VALIDATION)
        : Optional.empty();
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
