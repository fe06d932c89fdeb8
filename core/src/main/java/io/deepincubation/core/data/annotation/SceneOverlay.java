package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.Pixels;
import java.awt.Color;
import org.jspecify.annotations.Nullable;

/** Images with what is annotated on them drawn over, each class in a colour of its own. */
public final class SceneOverlay {

  /** Of the circle of hues, from one class to the next: neighbours are far apart. */
  private static final double HUE_STEP = (Math.sqrt(5) - 1) / 2;

  /** Pixels of the shorter side for each of a box's lines. */
  private static final int PIXELS_OF_A_LINE = 90;

  private SceneOverlay() {}

  /** A class's colour, {@code 0xRRGGBB}. */
  public static int colour(int classIndex) {
    float hue = (float) (classIndex * HUE_STEP % 1);
    float brightness = classIndex % 2 == 0 ? 1 : 0.75f;
    return Color.HSBtoRGB(hue, 0.85f, brightness) & 0xFFFFFF;
  }

  /**
   * An image with its pixels' classes, half and half.
   *
   * @param labels of the image's size
   * @param ignored class id of pixels that stay as they are
   */
  public static Pixels of(Pixels image, LabelMap labels, int ignored) {
    byte[] values = image.values().clone();
    for (int i = 0; i < labels.values().length; i++) {
      int label = labels.values()[i];
      if (label != ignored) {
        blend(values, image.plane(), i, colour(label));
      }
    }
    return new Pixels(values, image.height(), image.width());
  }

  /**
   * An image with its objects: masks half and half, boxes around them; crowds without boxes.
   *
   * @param objects of the image's size
   */
  public static Pixels of(Pixels image, SceneObjects objects) {
    byte[] values = image.values().clone();
    for (SceneObject object : objects.objects()) {
      shade(values, image, object.mask(), colour(object.classIndex()));
    }
    for (SceneObject object : objects.objects()) {
      if (!object.crowd()) {
        outline(values, image, object.box(), colour(object.classIndex()));
      }
    }
    return new Pixels(values, image.height(), image.width());
  }

  private static void shade(byte[] values, Pixels image, @Nullable RunLengths mask, int colour) {
    if (mask == null) {
      return;
    }
    boolean[] bits = mask.bits();
    for (int i = 0; i < bits.length; i++) {
      if (bits[i]) {
        blend(values, image.plane(), i, colour);
      }
    }
  }

  private static void outline(byte[] values, Pixels image, Box box, int colour) {
    int thickness = 1 + Math.min(image.height(), image.width()) / PIXELS_OF_A_LINE;
    int top = (int) Math.floor(box.y0());
    int left = (int) Math.floor(box.x0());
    int bottom = Math.min(image.height(), (int) Math.ceil(box.y1()));
    int right = Math.min(image.width(), (int) Math.ceil(box.x1()));
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int inside = Math.min(Math.min(y - top, bottom - 1 - y), Math.min(x - left, right - 1 - x));
        if (inside < thickness) {
          set(values, image.plane(), y * image.width() + x, colour);
        }
      }
    }
  }

  private static void blend(byte[] values, int plane, int pixel, int colour) {
    for (int channel = 0; channel < values.length / plane; channel++) {
      int level = values[channel * plane + pixel] & 0xFF;
      values[channel * plane + pixel] = (byte) ((level + level(colour, channel)) / 2);
    }
  }

  private static void set(byte[] values, int plane, int pixel, int colour) {
    for (int channel = 0; channel < values.length / plane; channel++) {
      values[channel * plane + pixel] = (byte) level(colour, channel);
    }
  }

  private static int level(int colour, int channel) {
    return colour >> (16 - 8 * channel) & 0xFF;
  }
}
