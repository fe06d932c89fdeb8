package io.deepincubation.core.data.annotation;

import io.deepincubation.core.data.pixels.UnfitDataException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * The objects of an image.
 *
 * @param height rows of the image
 * @param width columns of the image
 * @param objects in the order of their file; masks are of the image's size
 */
public record SceneObjects(int height, int width, List<SceneObject> objects) {

  /**
   * Checks the masks' sizes.
   *
   * @throws UnfitDataException if one is of another size than the image
   */
  public SceneObjects {
    RunLengths.requireSize(height, width);
    objects = List.copyOf(objects);
    for (SceneObject object : objects) {
      RunLengths mask = object.mask();
      if (mask != null && (mask.height() != height || mask.width() != width)) {
        throw new UnfitDataException(
            String.format(
                Locale.ROOT,
                "Cannot annotate an image: expected masks of %d x %d, got one of %d x %d",
                height,
                width,
                mask.height(),
                mask.width()));
      }
    }
  }

  /** The objects that are trained on: all but crowds. */
  public SceneObjects withoutCrowds() {
    return new SceneObjects(
        height, width, objects.stream().filter(object -> !object.crowd()).toList());
  }

  /** The bytes that a prepared set keeps; equal objects make equal bytes. */
  public byte[] toBytes() {
    return SceneBytes.write(this);
  }

  /**
   * Reads what {@link #toBytes} gave.
   *
   * @throws IOException if it is not that, to the last bit
   */
  public static SceneObjects fromBytes(byte[] bytes) throws IOException {
    return SceneBytes.read(bytes);
  }
}
