package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.network.NetworkModule;
import java.util.List;

/**
 * What a training minimises, and over the parameters of which modules.
 *
 * <p>Module incubation, end-to-end training and fine-tuning share {@link TaskObjective}; other ways
 * to train differ in this alone.
 */
public interface Objective {

  /** What is trained, in an order that never changes. */
  List<NetworkModule> trained();

  /** Whether threads may compute parts of one batch at once: no image depends on another. */
  boolean independentImages();

  /**
   * The forward pass of a batch, or of some of its images.
   *
   * @param images B x C x H x W
   * @param targets B x classes
   * @param step what the random draws are for
   * @return the loss, a scalar with its graph, in the manager of the images
   */
  NDArray loss(NDArray images, NDArray targets, StepKey step);
}
