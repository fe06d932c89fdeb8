package io.deepincubation.core.evaluation;

import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.detection.DetectedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the detections on one image are worth, all that {@link AveragePrecision} needs of the image:
 * some 24 bytes of each detection.
 */
public final class ImageMatches {

  /** Detections of a class on an image that count, the surest ones. */
  static final int MOST_DETECTIONS = 100;

  private static final ObjectMatcher.Shapes BOXES =
      new ObjectMatcher.Shapes(
          (found, object) ->
              object.crowd() ? found.box().partIn(object.box()) : found.box().overlap(object.box()),
          found -> found.box().area());

  private static final ObjectMatcher.Shapes MASKS =
      new ObjectMatcher.Shapes(
          (found, object) ->
              object.crowd()
                  ? mask(found.mask()).partIn(mask(object.mask()))
                  : mask(found.mask()).overlap(mask(object.mask())),
          found -> mask(found.mask()).area());

  private final long image;
  private final List<ClassMatches> classes;

  private ImageMatches(long image, List<ClassMatches> classes) {
    this.image = image;
    this.classes = classes;
  }

  /**
   * Matches by the overlap of boxes.
   *
   * @param image its number; images count in rising order
   * @param objects what is annotated
   * @param detections in any order; of equal scores the first comes first
   */
  public static ImageMatches byBoxes(
      long image, List<SceneObject> objects, List<DetectedObject> detections) {
    return of(image, objects, detections, BOXES);
  }

  /**
   * Matches by the overlap of masks; a detection's area is that of its mask.
   *
   * @param image its number; images count in rising order
   * @param objects what is annotated, each with a mask
   * @param detections in any order, each with a mask; of equal scores the first comes first
   * @throws IllegalArgumentException if a mask is missing
   */
  public static ImageMatches byMasks(
      long image, List<SceneObject> objects, List<DetectedObject> detections) {
    if (objects.stream().anyMatch(object -> object.mask() == null)
        || detections.stream().anyMatch(found -> found.mask() == null)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Cannot match masks of image %d: expected one of each object, got an object without;"
                  + " match boxes",
              image));
    }
    return of(image, objects, detections, MASKS);
  }

  private static ImageMatches of(
      long image,
      List<SceneObject> objects,
      List<DetectedObject> detections,
      ObjectMatcher.Shapes shapes) {
    List<ClassMatches> classes = new ArrayList<>();
    for (int classIndex : classes(objects, detections)) {
      List<DetectedObject> found =
          detections.stream()
              .filter(detection -> detection.classIndex() == classIndex)
              .sorted(Comparator.comparingDouble(DetectedObject::score).reversed())
              .limit(MOST_DETECTIONS)
              .toList();
      var matcher =
          new ObjectMatcher(
              objects.stream().filter(object -> object.classIndex() == classIndex).toList(),
              found,
              shapes);
      double[] scores = found.stream().mapToDouble(DetectedObject::score).toArray();
      classes.add(matcher.match(classIndex, scores));
    }
    return new ImageMatches(image, List.copyOf(classes));
  }

  private static SortedSet<Integer> classes(
      List<SceneObject> objects, List<DetectedObject> detections) {
    var classes = new TreeSet<Integer>();
    Stream.concat(
            objects.stream().map(SceneObject::classIndex),
            detections.stream().map(DetectedObject::classIndex))
        .forEach(classes::add);
    return classes;
  }

  private static RunLengths mask(@Nullable RunLengths mask) {
    if (mask == null) {
      throw new IllegalStateException("Cannot match masks: one is missing");
    }
    return mask;
  }

  /** The image's number. */
  public long image() {
    return image;
  }

  List<ClassMatches> classes() {
    return classes;
  }
}
