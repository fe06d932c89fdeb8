package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule.Trainable;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.recipe.OptimizerRecipe.Rule;
import io.deepincubation.core.script.TorchEngine;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Three steps of LAMB on a vision transformer against the official code's losses and norms. */
class GoldenLambTest {

  private static final int STEPS = 3;

  /** Before each step, and after the last. */
  private static final double[] LOSSES = {
    3.352498769760132, 2.756176471710205, 2.1963353157043457, 1.7053442001342773
  };

  /** L2 norms after the three steps. */
  private static final Map<String, Double> NORMS =
      Map.of(
          "cls_token", 2.1730985835742107,
          "pos_embed", 19.254533005537887,
          "patch_embed.proj.weight", 9.622631421215099,
          "blocks.0.attn.qkv.weight", 16.68734945576422,
          "blocks.1.mlp.fc2.bias", 0.87619502325984,
          "blocks.3.mlp.fc1.weight", 19.100468778716802,
          "norm.weight", 7.883959506611484,
          "head.weight", 3.895532309073661);

  private static final VisionTransformer VIT = new VisionTransformer(32, 4, 64, 2, 10, 1e-6);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(4));
  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final OptimizerRecipe LAMB =
      new OptimizerRecipe(Rule.LAMB, 1e-3, 0.05, 0.9, 0.999, 1e-8, 0);
  private static final double RATE = 1e-3;

  private final Weights io = golden("vit_io");

  @Test
  void followsTheOfficialLossesAndNorms() {
    TorchEngine.useThreads(1);
    try (var network = new ModularNetwork(VIT, DIVISION, List.of(weights()), COMPUTE)) {
      var objective =
          new TaskObjective(
              network,
              Passes.classification(network),
              Set.of(0),
              StochasticDepth.OFF,
              /* recompute= */ false);
      List<Trainable> trained = network.modules().get(0).trainable();
      var optimizer =
          new Optimizer(network.manager(), List.of(trained), LAMB, 0, 1, Lanes.of(COMPUTE, 1, 1));
      for (int i = 0; i < STEPS; i++) {
        assertThat(step(network, objective, optimizer)).isCloseTo(LOSSES[i], within(1e-5));
      }
      assertNorms(network.weights(0));
      assertThat(step(network, objective, optimizer)).isCloseTo(LOSSES[STEPS], within(1e-5));
    }
  }

  private static void assertNorms(Weights weights) {
    NORMS.forEach(
        (name, norm) ->
            assertThat(norm(weights.tensor(name).values()))
                .as(name)
                .isCloseTo(norm, within(1e-5 * norm)));
  }

  private double step(ModularNetwork network, Objective objective, Optimizer optimizer) {
    try (NDManager manager = network.manager().newSubManager()) {
      NDArray images = manager.create(io.tensor("x").values(), new Shape(4, 3, 32, 32));
      var key = new StepKey(new BatchKey(0, "test", -1), 0, 0, 4);
      objective.gather(new StepPart(images, targets(manager)), key, optimizer.sums(0), 1);
      optimizer.finishPass(RATE);
    }
    return optimizer.takeTotalLoss();
  }

  private NDArray targets(NDManager manager) {
    float[] labels = io.tensor("y").values();
    var targets = new float[labels.length * 10];
    Arrays.fill(targets, 0.01f);
    for (int i = 0; i < labels.length; i++) {
      targets[10 * i + (int) labels[i]] = 0.91f;
    }
    return manager.create(targets, new Shape(labels.length, 10));
  }

  private static Weights weights() {
    Weights all = golden("vit_weights");
    Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
    for (ParameterSpec spec : VIT.parameters(DIVISION, 0)) {
      tensors.put(spec.name(), all.tensor(spec.name()));
    }
    return new Weights(tensors);
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static Weights golden(String name) {
    return Golden.tensors(name);
  }
}
