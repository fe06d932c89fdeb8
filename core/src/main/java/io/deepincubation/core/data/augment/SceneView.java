package io.deepincubation.core.data.augment;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.RunLengths;
import io.deepincubation.core.data.annotation.RunLengthsBuilder;
import io.deepincubation.core.data.annotation.SceneObject;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.Box;
import io.deepincubation.core.data.pixels.Pixels;
import io.deepincubation.core.data.pixels.Resampling;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Where the pixels of an augmented image are from: the image is resized, a part of it taken, and
 * perhaps mirrored. What is annotated on it moves with it.
 *
 * @param height rows that the image is resized to
 * @param width columns that it is resized to
 * @param part of the resized image
 * @param mirrored whether left and right of the part are changed
 */
public record SceneView(int height, int width, Box part, boolean mirrored) {

  /** What it shows of an image: bilinear. */
  public Pixels of(Pixels image) {
    Pixels seen = Resampling.bilinear(image, height, width).part(part, /* side= */ 1);
    return mirrored ? seen.mirrored() : seen;
  }

  /** What it shows of the image's labels: those of the nearest pixels. */
  public LabelMap of(LabelMap labels) {
    LabelMap seen = labels.resized(height, width).part(part);
    return mirrored ? seen.mirrored() : seen;
  }

  /** A view of all of a resized image. */
  public static SceneView whole(int height, int width) {
    return new SceneView(height, width, new Box(0, height, 0, width), /* mirrored= */ false);
  }

  /**
   * What it shows of the objects on the image: boxes are clipped, masks have the nearest pixels,
   * areas grow with the image. Objects of which nothing is seen are left out.
   */
  public SceneObjects of(SceneObjects objects) {
    var seen = new ArrayList<SceneObject>();
    for (SceneObject object : objects.objects()) {
      of(object, objects.height(), objects.width()).ifPresent(seen::add);
    }
    return new SceneObjects(rows(), columns(), seen);
  }

  private int rows() {
    return part.bottom() - part.top();
  }

  private int columns() {
    return part.right() - part.left();
  }

  private Optional<SceneObject> of(SceneObject object, int fromHeight, int fromWidth) {
    double down = (double) height / fromHeight;
    double across = (double) width / fromWidth;
    var box = of(object.box(), down, across);
    RunLengths mask = object.mask() == null ? null : of(object.mask());
    if (box.area() == 0 || (mask != null && mask.area() == 0)) {
      return Optional.empty();
    }
    return Optional.of(
        new SceneObject(
            object.classIndex(), box, mask, object.crowd(), object.area() * down * across));
  }

  private io.deepincubation.core.data.annotation.Box of(
      io.deepincubation.core.data.annotation.Box box, double down, double across) {
    double x0 = clipped(box.x0() * across - part.left(), columns());
    double x1 = clipped(box.x1() * across - part.left(), columns());
    double y0 = clipped(box.y0() * down - part.top(), rows());
    double y1 = clipped(box.y1() * down - part.top(), rows());
    return mirrored
        ? new io.deepincubation.core.data.annotation.Box(columns() - x1, y0, columns() - x0, y1)
        : new io.deepincubation.core.data.annotation.Box(x0, y0, x1, y1);
  }

  private static double clipped(double place, double most) {
    return Math.max(0, Math.min(most, place));
  }

  private RunLengths of(RunLengths mask) {
    if (equals(whole(mask.height(), mask.width()))) {
      return mask;
    }
    boolean[] bits = mask.bits();
    int[] fromRows = LabelMap.nearest(mask.height(), height);
    int[] fromColumns = LabelMap.nearest(mask.width(), width);
    var runs = new RunLengthsBuilder(rows(), columns());
    for (int x = 0; x < columns(); x++) {
      int column = fromColumns[part.left() + (mirrored ? columns() - 1 - x : x)];
      for (int y = 0; y < rows(); y++) {
        if (bits[fromRows[part.top() + y] * mask.width() + column]) {
          runs.add(x * rows() + y, x * rows() + y + 1);
        }
      }
    }
    return runs.build();
  }
}
