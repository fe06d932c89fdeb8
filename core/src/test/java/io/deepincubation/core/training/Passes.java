package io.deepincubation.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.ScriptProgram;
import java.util.LinkedHashMap;
import java.util.Map;

/** Single passes of an objective on a batch of noise, for tests. */
final class Passes {

  private Passes() {}

  /** What one pass gives: the loss, and the gradients by the parameters' names. */
  record Pass(double loss, Map<String, float[]> gradients) {

    float[] gradient(String name) {
      float[] gradient = gradients.get(name);
      if (gradient == null) {
        throw new AssertionError("No gradient of " + name + " among " + gradients.keySet());
      }
      return gradient;
    }

    /** The largest difference of a gradient, in shares of its largest value. */
    double distance(Pass other) {
      double worst = Math.abs(loss - other.loss) / Math.max(1, Math.abs(loss));
      for (var entry : gradients.entrySet()) {
        worst = Math.max(worst, distance(entry.getValue(), other.gradient(entry.getKey())));
      }
      return worst;
    }

    private static double distance(float[] one, float[] other) {
      double largest = 1e-3;
      double worst = 0;
      for (int i = 0; i < one.length; i++) {
        largest = Math.max(largest, Math.abs(one[i]));
        worst = Math.max(worst, Math.abs((double) one[i] - other[i]));
      }
      return worst / largest;
    }
  }

  /** The task of a network's classes, without smoothing. */
  static Classification classification(ModularNetwork network) {
    return new Classification(network.architecture().classes(), 0);
  }

  /** The gradients of a whole batch. */
  static Pass gather(ModularNetwork network, Objective objective, Batch batch) {
    var parameters = new NDList();
    var gradients = new NDList();
    for (NetworkModule module : objective.trained()) {
      module.trainable().forEach(parameter -> parameters.add(parameter.array()));
    }
    parameters.forEach(p -> gradients.add(network.manager().ones(p.getShape())));
    ScriptProgram program = ScriptProgram.load(network.manager(), GradientSums.GATHER);
    var sums = new GradientSums(parameters, gradients, program, network.manager());
    try (NDManager manager = network.manager().newSubManager()) {
      objective.gather(
          new StepPart(images(manager, objective, batch), targets(manager, batch), batch.objects()),
          key(batch.size()),
          sums,
          1);
    }
    return pass(objective, sums.totalLoss(), gradients);
  }

  /** Gradients with the parameters' names. */
  static Pass pass(Objective objective, double loss, NDList gradients) {
    var named = new LinkedHashMap<String, float[]>();
    int index = 0;
    for (NetworkModule module : objective.trained()) {
      for (ParameterSpec spec : module.specs()) {
        if (spec.role() != ParameterSpec.Role.BUFFER) {
          named.put(spec.name(), gradients.get(index++).toFloatArray());
        }
      }
    }
    return new Pass(loss, named);
  }

  static NDArray images(NDManager manager, Objective objective, Batch batch) {
    Shape shape = new Shape(batch.size()).addAll(objective.inputShape());
    return manager.create(batch.inputs(), shape);
  }

  static NDArray targets(NDManager manager, Batch batch) {
    int classes = batch.targets().length / batch.size();
    return manager.create(batch.targets(), new Shape(batch.size(), classes));
  }

  static StepKey key(int images) {
    return new StepKey(new BatchKey(4, "test", -1), 0, 0, images);
  }

  /** Noise with soft targets. */
  static Batch noise(Architecture architecture, int images, long seed) {
    var random = RandomStream.of(seed);
    var pixels = new float[images * (int) architecture.inputShape().size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    int classes = architecture.classes();
    var targets = new float[images * classes];
    for (int i = 0; i < images; i++) {
      float share = (float) random.nextDouble();
      targets[i * classes + random.nextInt(classes)] += share;
      targets[i * classes + random.nextInt(classes)] += 1 - share;
    }
    return new Batch(pixels, targets, images);
  }
}
