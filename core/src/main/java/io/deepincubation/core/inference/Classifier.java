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
import io.deepincubation.core.training.OutputFault;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A model in memory that classifies images. Threads may use it at once. */
public final class Classifier implements TrainedModel {

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
   * What the network says of an image, a number for each class.
   *
   * @param logits its outputs
   * @param probabilities their softmax, which sums to 1, or their sigmoids of models that tell
   *     several labels; no numbers where {@link OutputFault} tells so
   */
  public record Scores(float[] logits, float[] probabilities) {}

  /**
   * The probability of each class.
   *
   * @param images each of C x H x W values, as the model's transform gives them
   * @return {@link Scores#probabilities} of each image
   */
  public List<float[]> probabilities(List<float[]> images) {
    return scores(images).stream().map(Scores::probabilities).toList();
  }

  /**
   * What the network says.
   *
   * @param images each of C x H x W values, as the model's transform gives them
   * @return an answer for each image
   */
  public List<Scores> scores(List<float[]> images) {
    TorchEngine.useThreads(compute.threads());
    int atOnce = network.architecture().imagesAtOnce(compute);
    var scores = new ArrayList<Scores>(images.size());
    for (int first = 0; first < images.size(); ) {
      int last = (int) Math.min(images.size(), (long) first + atOnce);
      scores.addAll(compute(images.subList(first, last)));
      first = last;
    }
    return scores;
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

  private List<Scores> compute(List<float[]> images) {
    try (NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Shape shape = new Shape(images.size()).addAll(network.architecture().inputShape());
      FloatBuffer[] values = images.stream().map(FloatBuffer::wrap).toArray(FloatBuffer[]::new);
      NDArray batch = HostArrays.array(manager, shape, values);
      NDArray logits = network.evaluate(batch); // (B, classes)
      List<float[]> outputs = rows(logits);
      List<float[]> probabilities = rows(probabilities(logits, severalLabels));
      return IntStream.range(0, images.size())
          .mapToObj(i -> new Scores(outputs.get(i), probabilities.get(i)))
          .toList();
    }
  }

  private List<float[]> rows(NDArray table) {
    float[] all = table.toFloatArray();
    int classes = network.architecture().classes();
    return IntStream.range(0, all.length / classes)
        .mapToObj(i -> Arrays.copyOfRange(all, i * classes, (i + 1) * classes))
        .toList();
  }

  @Override
  public void close() {
    network.close();
  }
}
