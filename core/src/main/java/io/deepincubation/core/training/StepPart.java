package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.data.annotation.SceneObjects;
import java.util.List;

/**
 * Some images of a batch, with the right answers.
 *
 * @param images b x C x H x W
 * @param targets b x ..., as the task says
 * @param objects on the images, b; none where the task is of no objects
 */
public record StepPart(NDArray images, NDArray targets, List<SceneObjects> objects) {

  /** Copies. */
  public StepPart {
    objects = List.copyOf(objects);
  }

  /** Images without objects. */
  public StepPart(NDArray images, NDArray targets) {
    this(images, targets, List.of());
  }
}
