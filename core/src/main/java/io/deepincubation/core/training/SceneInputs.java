package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.SceneAugmentation.Size;
import io.deepincubation.core.data.augment.SceneTransform;
import io.deepincubation.core.data.pixels.Normalization;
import io.deepincubation.core.data.pixels.Picture;
import io.deepincubation.core.script.HostArrays;
import java.nio.FloatBuffer;

/** What networks of dense tasks get of one image. */
public final class SceneInputs {

  private SceneInputs() {}

  /**
   * An image as evaluation and inference see it.
   *
   * @param transform what it goes through
   * @param size H x W
   * @param mirrored whether left and right are changed
   * @return 1 x C x H x W, in the manager
   */
  public static NDArray of(
      SceneTransform transform, Picture picture, Size size, boolean mirrored, NDManager manager) {
    float[] values = transform.values(picture, size, mirrored);
    Shape shape = new Shape(1, Normalization.CHANNELS, size.height(), size.width());
    return HostArrays.array(manager, shape, FloatBuffer.wrap(values));
  }
}
