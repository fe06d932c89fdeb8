package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.annotation.SceneObjects;
import java.util.List;

/**
 * Training samples of one forward pass, ready for the network.
 *
 * @param inputs B x C x H x W of normalised images, or B x L of tokens, row-major
 * @param targets B x ..., as the task says, row-major
 * @param objects on the images, as training sees them, B; none where the task is of no objects
 * @param size B
 */
public record Batch(float[] inputs, float[] targets, List<SceneObjects> objects, int size) {

  /** Samples without objects. */
  public Batch(float[] inputs, float[] targets, int size) {
    this(inputs, targets, List.of(), size);
  }
}
