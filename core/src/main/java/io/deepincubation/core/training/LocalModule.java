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
 * @param last whether the module itself classifies
 * @param head classifies the module's features; null where nothing does, or the module itself
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
   * @param classification the task's loss; null where nothing classifies
   * @param reconstruction the decoder's loss; null where there is none
   */
  record Terms(@Nullable NDArray classification, @Nullable NDArray reconstruction) {}

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
   * What the module's output is taken for, B x classes; null where nothing classifies it.
   *
   * @param output of the module
   * @param training whether running statistics are updated
   */
  @Nullable NDArray logits(NDArray output, boolean training) {
    if (last) {
      return output;
    }
    return head == null ? null : head.forward(output, training);
  }

  /**
   * The losses of a training pass.
   *
   * @param output of the module
   * @param targets B x classes
   * @param pixels of the images; null where nothing is reconstructed
   */
  Terms terms(NDArray output, NDArray targets, @Nullable NDArray pixels, Losses losses) {
    NDArray logits = logits(output, /* training= */ true);
    return new Terms(
        logits == null ? null : losses.crossEntropy(logits, targets),
        decoder == null || pixels == null
            ? null
            : losses.reconstruction(decoder.forward(output, /* training= */ true), pixels));
  }

  /** The module's loss: lambda1 of the reconstruction plus lambda2 of the classification. */
  NDArray loss(Terms terms, Losses losses) {
    NDArray classification = weighted(terms.classification(), lambda2, losses);
    NDArray reconstruction = weighted(terms.reconstruction(), lambda1, losses);
    if (classification == null || reconstruction == null) {
      return Objects.requireNonNull(classification == null ? reconstruction : classification);
    }
    return losses.sum(classification, reconstruction);
  }

  private static @Nullable NDArray weighted(@Nullable NDArray loss, double factor, Losses losses) {
    return loss == null ? null : losses.weighted(loss, factor);
  }
}
