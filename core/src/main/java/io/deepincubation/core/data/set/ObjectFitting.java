package io.deepincubation.core.data.set;

import io.deepincubation.core.data.annotation.Box;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.augment.SceneView;
import io.deepincubation.core.data.pixels.ImageHeader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Checks images and the objects on them, and makes both fit together. Boxes are clipped to their
 * image; objects of which nothing is left, or whose mask has no pixel, are left out.
 *
 * @param images what is done to images; no square is cut of them
 * @param classes that there are
 */
public record ObjectFitting(ImageFitting images, int classes) implements Fitting {

  /** Pixels. */
  private static final double TOLERANCE = 0.01;

  @Override
  public FittedScene fit(byte[] content, byte[] annotation) throws IOException {
    SceneObjects objects = SceneObjects.fromBytes(annotation);
    ImageHeader header = ImageHeader.of(content);
    if (objects.height() != header.height() || objects.width() != header.width()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "expected an image of the annotated size %d x %d, got one of %d x %d",
              objects.height(),
              objects.width(),
              header.height(),
              header.width()));
    }
    for (SceneObject object : objects.objects()) {
      if (object.classIndex() >= classes) {
        throw new IOException(
            "expected objects of classes below " + classes + ", got " + object.classIndex());
      }
    }
    FittedImage image = images.fit(content);
    SceneObjects fitted = SceneView.whole(image.height(), image.width()).of(objects);
    return new FittedScene(
        image, SceneKind.DETECTION, fitted.toBytes(), facts(objects, fitted.objects()));
  }

  private static SceneFacts facts(SceneObjects all, List<SceneObject> kept) {
    Map<Integer, Integer> classes = new HashMap<>();
    kept.stream()
        .filter(object -> !object.crowd())
        .forEach(object -> classes.put(object.classIndex(), 1));
    return new SceneFacts(
        classes, kept.size(), (long) all.objects().size() - kept.size(), clipped(all));
  }

  private static long clipped(SceneObjects objects) {
    return objects.objects().stream()
        .map(SceneObject::box)
        .filter(box -> leaves(box, objects))
        .count();
  }

  /** Whether a box goes over the edge by more than what rounding in files makes of it. */
  private static boolean leaves(Box box, SceneObjects objects) {
    return box.x0() < -TOLERANCE
        || box.y0() < -TOLERANCE
        || box.x1() > objects.width() + TOLERANCE
        || box.y1() > objects.height() + TOLERANCE;
  }

  @Override
  public Optional<SceneForm> scenes(SceneFacts facts, int learnt) {
    return Optional.of(SceneForm.objects(facts.mostObjects(), learnt));
  }
}
