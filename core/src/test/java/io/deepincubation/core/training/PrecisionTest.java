package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.script.TorchEngine;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTest {

  private static final int STEPS = 200;
  private static final int BATCH = 32;
  private static final int CLASSES = 10;
  private static final VisionTransformer VIT =
      new VisionTransformer(32, 8, 48, 3, CLASSES, VisionTransformer.DEIT_EPSILON);
  private static final OptimizerRecipe ADAMW =
      new OptimizerRecipe(OptimizerRecipe.Rule.ADAMW, 1e-3, 0.05, 0.9, 0.999, 1e-8, 0);

  @Test
  void bfloat16TracksFloat32OverTwoHundredSteps() {
    double exact = finalLoss(Arithmetic.FP32);
    double rounded = finalLoss(Arithmetic.BF16);
    assertThat(exact).isLessThan(2);
    assertThat(rounded).isCloseTo(exact, within(0.02 * exact));
  }

  /** Mean loss of the last 20 of 200 steps on images whose brightness by rows tells their class. */
  private static double finalLoss(Arithmetic arithmetic) {
    TorchEngine.useThreads(1);
    var compute = new Compute(Device.cpu(), arithmetic, 1);
    var division = ModularDivision.even(4, 2);
    var weights =
        List.of(
            VIT.initialWeights(division, 0, 3, "test"), VIT.initialWeights(division, 1, 3, "test"));
    try (var network = new ModularNetwork(VIT, division, weights, compute)) {
      var objective =
          new TaskObjective(
              network,
              Passes.classification(network),
              network.division().allModules(),
              StochasticDepth.OFF,
              /* recompute= */ false);
      var optimizer =
          new Optimizer(
              network.manager(),
              objective.trained().stream().map(NetworkModule::trainable).toList(),
              ADAMW,
              0,
              1,
              Lanes.of(compute, 1, 1));
      for (int step = 0; step < STEPS; step++) {
        if (step == STEPS - 20) {
          optimizer.takeTotalLoss();
        }
        step(network, objective, optimizer, step);
      }
      return optimizer.takeTotalLoss() / 20;
    }
  }

  private static void step(
      ModularNetwork network, TaskObjective objective, Optimizer optimizer, int step) {
    var random = RandomStream.of(11, step);
    var images = new float[BATCH * 3 * 32 * 32];
    var targets = new float[BATCH * CLASSES];
    for (int i = 0; i < BATCH; i++) {
      int label = random.nextInt(CLASSES);
      Arrays.fill(targets, i * CLASSES, (i + 1) * CLASSES, 0.01f);
      targets[i * CLASSES + label] = 0.91f;
      for (int p = 0; p < 3 * 32 * 32; p++) {
        double wave = Math.sin((p / 32 % 32) * (label + 1) * 0.2);
        images[i * 3 * 32 * 32 + p] = (float) (0.3 * wave + random.nextGaussian());
      }
    }
    try (NDManager manager = network.manager().newSubManager()) {
      objective.gather(
          new StepPart(
              manager.create(images, new Shape(BATCH, 3, 32, 32)),
              manager.create(targets, new Shape(BATCH, CLASSES))),
          new StepKey(new BatchKey(0, "test", -1), 0, step, BATCH),
          optimizer.sums(0),
          1);
      optimizer.finishPass(1e-3);
    }
  }
}
