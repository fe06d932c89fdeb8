package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import java.util.List;
import java.util.Map;

/**
 * What a training minimises, and over the parameters of which modules.
 *
 * <p>Module incubation, end-to-end training and fine-tuning share {@link TaskObjective}; other ways
 * to train differ in this alone.
 */
public interface Objective {

  /** What is trained, in an order that never changes. */
  List<NetworkModule> trained();

  /**
   * What is trained in parts that know nothing of each other: gradients are clipped by the norm of
   * a part's own.
   *
   * @return parts that are {@link #trained} one after the other
   */
  default List<List<NetworkModule>> groups() {
    return List.of(trained());
  }

  /** What multiplies a trained parameter's learning rate; 0 for one that stays as it is. */
  default double rate(ParameterSpec parameter) {
    return 1;
  }

  /** Whose targets the images have, and by which the network is measured. */
  Task task();

  /** What takes the images in, whatever of it is trained. */
  ModularNetwork network();

  /** Shape of one image, C x H x W. */
  default Shape inputShape() {
    return network().architecture().inputShape();
  }

  /**
   * The most images of a batch that are computed at once on a processor; {@link Integer#MAX_VALUE}
   * where an image depends on the others of its batch, so that none may be computed apart.
   */
  default int imagesAtOnce() {
    return network().architecture().imagesAtOnce();
  }

  /**
   * What is measured of images.
   *
   * @param network outputs of the network, B x ...
   * @param heads outputs of the heads within it, B x ..., by the index of their module; none where
   *     there are no such heads
   */
  record Outputs(NDArray network, Map<Integer, NDArray> heads) {

    /** Of a network without heads within. */
    static Outputs of(NDArray network) {
      return new Outputs(network, Map.of());
    }
  }

  /**
   * What the task measures, with all branches kept and running statistics fixed.
   *
   * @param images B x C x H x W
   * @param batch what they were made of
   * @return outputs in the manager of the images
   */
  default Outputs outputs(NDArray images, EvaluationBatch batch) {
    return Outputs.of(task().outputs(network(), images, batch));
  }

  /**
   * Adds the gradients of a batch, or of some of its images, to sums.
   *
   * @param part the images
   * @param step what the random draws are for
   * @param sums takes the gradients of the mean loss of these images
   * @param share factor of these gradients, and of the loss in its total: the images' part of all
   *     images that make one optimizer step
   */
  void gather(StepPart part, StepKey step, GradientSums sums, double share);
}
