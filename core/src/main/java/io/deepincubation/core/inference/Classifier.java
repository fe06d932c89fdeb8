package io.deepincubation.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.HostArrays;
import io.deepincubation.core.script.TorchEngine;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A model in memory that classifies images. Threads may use it at once. */
public final class Classifier implements AutoCloseable {

  private final ModularNetwork network;
  private final Compute compute;
  private final boolean severalLabels;

  /**
   * Reads a model's weights and puts them on a device.
   *
   * @param model the model
   * @param compute where and how it will run
   */
  public Classifier(ModelFolder model, Compute compute) {
    this(
        model.architecture(), model.division(), model.weights(), compute, model.hasSeveralLabels());
  }

  /** Puts the weights of the modules of a network, which tells images' one class, on a device. */
  public Classifier(
      Architecture architecture, ModularDivision division, List<Weights> weights, Compute compute) {
    this(architecture, division, weights, compute, /* severalLabels= */ false);
  }

  private Classifier(
      Architecture architecture,
      ModularDivision division,
      List<Weights> weights,
      Compute compute,
      boolean severalLabels) {
    this.compute = compute;
    this.severalLabels = severalLabels;
    network = new ModularNetwork(architecture, division, weights, compute);
  }

  /** The network, which this owns. */
  ModularNetwork network() {
    return network;
  }

  /**
   * The probability of each class.
   *
   * @param images each of C x H x W values, as the model's transform gives them
   * @return for each image as many numbers as there are classes, which sum to 1 unless the model
   *     tells several labels, or are no numbers where {@link #fault} tells so
   */
  public List<float[]> probabilities(List<float[]> images) {
    TorchEngine.useThreads(compute.threads());
    int atOnce = network.architecture().imagesAtOnce(compute);
    var probabilities = new ArrayList<float[]>(images.size());
    for (int first = 0; first < images.size(); ) {
      int last = (int) Math.min(images.size(), (long) first + atOnce);
      probabilities.addAll(compute(images.subList(first, last)));
      first = last;
    }
    return probabilities;
  }

  /**
   * The probabilities of classes.
   *
   * @param logits B x classes
   * @param severalLabels whether an image may have any number of them
   */
  static NDArray probabilities(NDArray logits, boolean severalLabels) {
    return severalLabels ? Activation.sigmoid(logits) : logits.softmax(-1);
  }

  /** Why probabilities tell no class, where they are no numbers. */
  public static Optional<String> fault(float[] probabilities) {
    for (float each : probabilities) {
      if (!Float.isFinite(each)) {
        return Optional.of(
            "expected finite outputs of the network, got "
                + each
                + "; the model's weights are damaged, or not made for this precision");
      }
    }
    return Optional.empty();
  }

  private List<float[]> compute(List<float[]> images) {
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Shape shape = new Shape(images.size()).addAll(network.architecture().inputShape());
      FloatBuffer[] values = images.stream().map(FloatBuffer::wrap).toArray(FloatBuffer[]::new);
      NDArray batch = HostArrays.array(manager, shape, values);
      float[] all = probabilities(network.evaluate(batch), severalLabels).toFloatArray();
      int classes = network.architecture().classes();
      var rows = new ArrayList<float[]>(images.size());
      for (int i = 0; i < images.size(); i++) {
        rows.add(Arrays.copyOfRange(all, i * classes, (i + 1) * classes));
      }
      return rows;
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
