package io.deepincubation.core.evaluation;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * COCO's average precision of detections, equal to that of its own tool: the precision's mean over
 * 101 points of recall, ten thresholds of overlap from 0.5 to 0.95, and the classes that have
 * objects.
 *
 * <p>It does not depend on the order in which images are given. The same image may be given several
 * times, as a bootstrap draws them.
 */
public final class AveragePrecision {

  /** Average precision. */
  public static final String AP = "ap";

  /** Where an overlap of 0.5 is enough. */
  public static final String AP_50 = "ap50";

  /** Where an overlap of 0.75 is enough. */
  public static final String AP_75 = "ap75";

  /** Of objects of up to 32 x 32 pixels. */
  public static final String AP_SMALL = "ap-small";

  /** Of objects of 32 x 32 to 96 x 96 pixels. */
  public static final String AP_MEDIUM = "ap-medium";

  /** Of objects of at least 96 x 96 pixels. */
  public static final String AP_LARGE = "ap-large";

  /** Average recall, with one detection of each class and image. */
  public static final String AR_1 = "ar1";

  /** Average recall, with ten detections of each class and image. */
  public static final String AR_10 = "ar10";

  /** Average recall, with a hundred detections of each class and image. */
  public static final String AR_100 = "ar100";

  /** Average recall of objects of up to 32 x 32 pixels. */
  public static final String AR_SMALL = "ar-small";

  /** Average recall of objects of 32 x 32 to 96 x 96 pixels. */
  public static final String AR_MEDIUM = "ar-medium";

  /** Average recall of objects of at least 96 x 96 pixels. */
  public static final String AR_LARGE = "ar-large";

  /** Overlaps that count as found: 0.5, 0.55 ... 0.95. */
  public static final int OVERLAPS = Thresholds.OVERLAPS;

  private static final int FEW = 10;
  private static final int MOST = ImageMatches.MOST_DETECTIONS;
  private static final int FIRST = 0;
  private static final int MIDDLE = 5;

  private final List<RankedMatches> classes;

  private AveragePrecision(List<RankedMatches> classes) {
    this.classes = classes;
  }

  /**
   * Evaluates images.
   *
   * @param classes their number
   * @param images what the detections on each are worth
   * @throws IllegalArgumentException if an image has another class
   */
  public static AveragePrecision of(int classes, Collection<ImageMatches> images) {
    List<ClassMatches> all =
        images.stream()
            .sorted(Comparator.comparingLong(ImageMatches::image))
            .flatMap(image -> image.classes().stream())
            .toList();
    int highest = all.stream().mapToInt(ClassMatches::classIndex).max().orElse(0);
    if (highest >= classes) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot evaluate detections: expected classes from 0 to %d, got %d",
              classes - 1,
              highest));
    }
    return new AveragePrecision(
        IntStream.range(0, classes)
            .mapToObj(index -> all.stream().filter(image -> image.classIndex() == index).toList())
            .map(RankedMatches::new)
            .toList());
  }

  /** Average precision of all sizes, 0 to 1; empty without any object. */
  public OptionalDouble average() {
    return precision(AreaRange.ALL, 0, Thresholds.OVERLAPS);
  }

  /** The twelve figures of COCO's tool, 0 to 1, by name; those without any object are left out. */
  public Map<String, Double> measures() {
    var measures = new LinkedHashMap<String, Double>();
    put(measures, AP, average());
    put(measures, AP_50, precision(AreaRange.ALL, FIRST, FIRST + 1));
    put(measures, AP_75, precision(AreaRange.ALL, MIDDLE, MIDDLE + 1));
    put(measures, AP_SMALL, precision(AreaRange.SMALL, 0, Thresholds.OVERLAPS));
    put(measures, AP_MEDIUM, precision(AreaRange.MEDIUM, 0, Thresholds.OVERLAPS));
    put(measures, AP_LARGE, precision(AreaRange.LARGE, 0, Thresholds.OVERLAPS));
    put(measures, AR_1, recall(AreaRange.ALL, 1));
    put(measures, AR_10, recall(AreaRange.ALL, FEW));
    put(measures, AR_100, recall(AreaRange.ALL, MOST));
    put(measures, AR_SMALL, recall(AreaRange.SMALL, MOST));
    put(measures, AR_MEDIUM, recall(AreaRange.MEDIUM, MOST));
    put(measures, AR_LARGE, recall(AreaRange.LARGE, MOST));
    return measures;
  }

  private static void put(Map<String, Double> measures, String name, OptionalDouble value) {
    value.ifPresent(number -> measures.put(name, number));
  }

  /** Annotated objects of a class that count: no crowds. */
  public int objects(int classIndex) {
    return classes.get(classIndex).objects(AreaRange.ALL);
  }

  /** Average precision of a class, 0 to 1; empty where it has no objects. */
  public OptionalDouble ofClass(int classIndex) {
    return IntStream.range(0, Thresholds.OVERLAPS)
        .mapToObj(threshold -> curve(classIndex, threshold))
        .flatMapToDouble(Arrays::stream)
        .average();
  }

  /**
   * Precision of a class at recalls 0, 0.01 ... 1; empty where it has no objects.
   *
   * @param threshold which of ten: an overlap of 0.5 counts from 0 on, 0.75 from 5 on
   */
  public double[] curve(int classIndex, int threshold) {
    return objects(classIndex) == 0
        ? new double[0]
        : classes.get(classIndex).curve(AreaRange.ALL, threshold, MOST).precision();
  }

  /**
   * Precision at recalls 0, 0.01 ... 1, the mean over the classes that have objects; empty where
   * none has.
   *
   * @param from the first of the ten overlaps that it is the mean of
   * @param to the one after the last
   */
  public double[] meanCurve(int from, int to) {
    List<double[]> curves =
        IntStream.range(0, classes.size())
            .filter(index -> objects(index) > 0)
            .boxed()
            .flatMap(index -> IntStream.range(from, to).mapToObj(t -> curve(index, t)))
            .toList();
    int recalls = curves.isEmpty() ? 0 : curves.get(0).length;
    return IntStream.range(0, recalls)
        .mapToDouble(i -> curves.stream().mapToDouble(each -> each[i]).average().orElse(0))
        .toArray();
  }

  private OptionalDouble precision(AreaRange range, int from, int to) {
    return mean(
        range, from, to, MOST, curve -> Arrays.stream(curve.precision()).average().orElse(0));
  }

  private OptionalDouble recall(AreaRange range, int limit) {
    return mean(range, 0, Thresholds.OVERLAPS, limit, RankedMatches.Curve::recall);
  }

  private OptionalDouble mean(
      AreaRange range, int from, int to, int limit, ToDoubleFunction<RankedMatches.Curve> measure) {
    return classes.stream()
        .filter(matches -> matches.objects(range) > 0)
        .flatMapToDouble(
            matches ->
                IntStream.range(from, to)
                    .mapToObj(threshold -> matches.curve(range, threshold, limit))
                    .mapToDouble(measure))
        .average();
  }
}
