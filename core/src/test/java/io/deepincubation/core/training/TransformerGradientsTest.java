package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The written-out gradients of a vision transformer against autograd's of the same network. */
class TransformerGradientsTest {

  private static final int IMAGES = 6;
  private static final int CLASSES = 5;
  private static final VisionTransformer VIT = new VisionTransformer(16, 4, 32, 2, CLASSES, 1e-6);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 1, 3));

  /** What one pass gives: the loss, and the gradients one after the other. */
  private record Pass(double loss, List<float[]> gradients) {}

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.97})
  void areAutogradsForAllModules(double dropRate) {
    assertSame(Set.of(0, 1, 2), dropRate);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void areAutogradsForOneModuleOfAHybridNetwork(int moduleIndex) {
    assertSame(Set.of(moduleIndex), 0.3);
  }

  @ParameterizedTest
  @EnumSource(Arithmetic.class)
  void areTheSameBitsWhereActivationsAreComputedAgain(Arithmetic arithmetic) {
    Pass kept = written(Set.of(0, 1, 2), 0.3, arithmetic, /* recompute= */ false);
    Pass again = written(Set.of(0, 1, 2), 0.3, arithmetic, /* recompute= */ true);

    assertThat(again.loss()).isEqualTo(kept.loss());
    for (int i = 0; i < kept.gradients().size(); i++) {
      assertThat(again.gradients().get(i)).isEqualTo(kept.gradients().get(i));
    }
  }

  @Test
  void addUpOverPartsOfABatch() {
    Pass whole = written(Set.of(1), 0, Arithmetic.FP32, /* recompute= */ false);

    Pass parts =
        withNetwork(
            Arithmetic.FP32,
            network -> {
              var objective =
                  new TaskObjective(
                      network,
                      Passes.classification(network),
                      Set.of(1),
                      StochasticDepth.OFF,
                      false);
              GradientSums sums = sums(network, objective);
              try (NDManager manager = network.manager().newSubManager()) {
                for (int first = 0; first < IMAGES; first += 2) {
                  String rows = first + ":" + (first + 2);
                  objective.gather(
                      new StepPart(images(manager).get(rows), targets(manager).get(rows)),
                      key().from(first),
                      sums,
                      2.0 / IMAGES);
                }
              }
              return pass(sums);
            });

    assertClose(parts, whole);
  }

  private static void assertSame(Set<Integer> trained, double dropRate) {
    Pass written = written(trained, dropRate, Arithmetic.FP32, /* recompute= */ false);
    Pass autograd = autograd(trained, dropRate);

    assertClose(written, autograd);
  }

  private static void assertClose(Pass found, Pass wanted) {
    assertThat(found.loss()).isCloseTo(wanted.loss(), org.assertj.core.api.Assertions.within(2e-6));
    assertThat(found.gradients()).hasSameSizeAs(wanted.gradients());
    for (int i = 0; i < wanted.gradients().size(); i++) {
      float[] expected = wanted.gradients().get(i);
      double largest = 1e-3;
      double worst = 0;
      for (int k = 0; k < expected.length; k++) {
        largest = Math.max(largest, Math.abs(expected[k]));
        worst = Math.max(worst, Math.abs(expected[k] - found.gradients().get(i)[k]));
      }
      assertThat(worst).as("gradient %d", i).isLessThanOrEqualTo(5e-6 * largest);
    }
  }

  private static Pass written(
      Set<Integer> trained, double dropRate, Arithmetic arithmetic, boolean recompute) {
    return withNetwork(
        arithmetic,
        network -> {
          var objective =
              new TaskObjective(
                  network,
                  Passes.classification(network),
                  trained,
                  new StochasticDepth(dropRate),
                  recompute);
          GradientSums sums = sums(network, objective);
          try (NDManager manager = network.manager().newSubManager()) {
            objective.gather(new StepPart(images(manager), targets(manager)), key(), sums, 1);
          }
          return pass(sums);
        });
  }

  private static Pass autograd(Set<Integer> trained, double dropRate) {
    return withNetwork(
        Arithmetic.FP32,
        network -> {
          var objective =
              new TaskObjective(
                  network,
                  Passes.classification(network),
                  trained,
                  new StochasticDepth(dropRate),
                  false);
          GradientSums sums = sums(network, objective);
          try (NDManager manager = network.manager().newSubManager();
              GradientMode mode = GradientMode.recording()) {
            NDArray loss = objective.loss(images(manager), targets(manager), key());
            sums.addGradientsOf(loss, 1);
          }
          return pass(sums);
        });
  }

  private static Pass withNetwork(
      Arithmetic arithmetic, java.util.function.Function<ModularNetwork, Pass> work) {
    TorchEngine.useThreads(1);
    List<Weights> weights = VIT.initialWeights(DIVISION, 7, "test");
    var compute = new Compute(Device.cpu(), arithmetic, 1);
    try (var network = new ModularNetwork(VIT, DIVISION, weights, compute)) {
      return work.apply(network);
    }
  }

  private static GradientSums sums(ModularNetwork network, Objective objective) {
    var parameters = new NDList();
    objective.trained().forEach(m -> m.trainable().forEach(p -> parameters.add(p.array())));
    var gradients = new NDList();
    parameters.forEach(p -> gradients.add(network.manager().zeros(p.getShape())));
    ScriptProgram program = ScriptProgram.load(network.manager(), GradientSums.GATHER);
    return new GradientSums(parameters, gradients, program, network.manager());
  }

  private static Pass pass(GradientSums sums) {
    return new Pass(
        sums.totalLoss(), sums.gradients().stream().map(NDArray::toFloatArray).toList());
  }

  private static StepKey key() {
    return new StepKey(new BatchKey(4, "test", -1), 0, 0, IMAGES);
  }

  private static NDArray images(NDManager manager) {
    var random = RandomStream.of(21);
    var pixels = new float[IMAGES * 3 * 16 * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return manager.create(pixels, new Shape(IMAGES, 3, 16, 16));
  }

  private static NDArray targets(NDManager manager) {
    var random = RandomStream.of(22);
    var targets = new float[IMAGES * CLASSES];
    for (int i = 0; i < IMAGES; i++) {
      float share = (float) random.nextDouble();
      targets[i * CLASSES + random.nextInt(CLASSES)] += share;
      targets[i * CLASSES + random.nextInt(CLASSES)] += 1 - share;
    }
    return manager.create(targets, new Shape(IMAGES, CLASSES));
  }
}
