package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import io.deepincubation.core.network.NetworkModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A module of a network with what trains it by a loss of its own.
 *
 * @param module M_k
 * @param last whether the module's own output is the network's
 * @param head does the task on the module's features; null where nothing does, or the module itself
 * @param decoder reconstructs the image from them; null where nothing does
 * @param lambda1 factor of the decoder's loss
 * @param lambda2 factor of the task's loss
 */
record LocalModule(
    NetworkModule module,
    boolean last,
    @Nullable NetworkModule head,
    @Nullable NetworkModule decoder,
    double lambda1,
    double lambda2) {

  /**
   * What a module's loss is made of.
   *
   * @param task the task's loss; null where nothing does the task
   * @param reconstruction the decoder's loss; null where there is none
   */
  record Terms(@Nullable NDArray task, @Nullable NDArray reconstruction) {}

  /** M_k and its auxiliary networks. */
  List<NetworkModule> trained() {
    var trained = new ArrayList<NetworkModule>();
    trained.add(module);
    if (head != null) {
      trained.add(head);
    }
    if (decoder != null) {
      trained.add(decoder);
    }
    return List.copyOf(trained);
  }

  /**
   * What the task reads off the module's output, B x ...; null where nothing does.
   *
   * @param output of the module
   * @param training whether running statistics are updated
   */
  @Nullable NDArray outputs(NDArray output, boolean training) {
    if (last) {
      return output;
    }
    return head == null ? null : head.forward(output, training);
  }

  /**
   * The losses of a training pass.
   *
   * @param output of the module
   * @param targets B x ..., as the task says
   * @param pixels of the images; null where nothing is reconstructed
   */
  Terms terms(NDArray output, NDArray targets, @Nullable NDArray pixels, Losses losses) {
    NDArray outputs = outputs(output, /* training= */ true);
    return new Terms(
        outputs == null ? null : losses.task(outputs, targets),
        decoder == null || pixels == null
            ? null
            : losses.reconstruction(decoder.forward(output, /* training= */ true), pixels));
  }

  /** The module's loss: lambda1 of the reconstruction plus lambda2 of the task's. */
  NDArray loss(Terms terms, Losses losses) {
    NDArray task = weighted(terms.task(), lambda2, losses);
    NDArray reconstruction = weighted(terms.reconstruction(), lambda1, losses);
    if (task == null || reconstruction == null) {
      return Objects.requireNonNull(task == null ? reconstruction : task);
    }
    return losses.sum(task, reconstruction);
  }

  private static @Nullable NDArray weighted(@Nullable NDArray loss, double factor, Losses losses) {
    return loss == null ? null : losses.weighted(loss, factor);
  }
}
