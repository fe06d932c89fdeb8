package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.BlockArchitecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule.Trainable;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.script.ScriptBlock;
import io.deepincubation.core.script.TorchEngine;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user's own DJL blocks under the library's objective and optimizer. */
class BlockTrainingTest {

  private static final int IMAGES = 32;
  private static final int CLASSES = 3;
  private static final Shape IMAGE = new Shape(1, 4, 4);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 1));
  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final OptimizerRecipe ADAMW =
      new OptimizerRecipe(OptimizerRecipe.Rule.ADAMW, 1e-2, 0.05, 0.9, 0.999, 1e-8, 0);
  private static final BlockArchitecture MLP =
      new BlockArchitecture(IMAGE, CLASSES, BlockTrainingTest::module);

  private static Block module(ModularDivision division, int moduleIndex) {
    int depth = division.depth(moduleIndex);
    var block = new SequentialBlock();
    if (moduleIndex == 0) {
      block.add(Blocks.batchFlattenBlock());
    }
    for (int layer = 0; layer < depth; layer++) {
      block.add(Linear.builder().setUnits(24).build()).add(Activation.geluBlock());
    }
    return moduleIndex == 0 ? block : block.add(Linear.builder().setUnits(CLASSES).build());
  }

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @Test
  void lossFallsAndEveryParameterMoves() {
    try (ModularNetwork network = network()) {
      List<Weights> before = network.weights();

      List<Double> losses = train(network, Set.of(0, 1), 40);

      assertThat(losses.get(39)).isLessThan(0.3 * losses.get(0));
      for (int i = 0; i < 2; i++) {
        Weights after = network.weights(i);
        before
            .get(i)
            .tensors()
            .forEach(
                (name, tensor) ->
                    assertThat(after.tensor(name).values()).as(name).isNotEqualTo(tensor.values()));
      }
    }
  }

  @Test
  void frozenModuleStaysBitIdentical() {
    try (ModularNetwork network = network()) {
      Weights before = network.weights(1);

      List<Double> losses = train(network, Set.of(0), 20);

      assertThat(losses.get(19)).isLessThan(losses.get(0));
      assertThat(network.weights(1).tensors().values())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(before.tensors().values());
    }
  }

  @Test
  void trainsToTheSameBitsAgain() {
    try (ModularNetwork first = network();
        ModularNetwork second = network()) {
      assertThat(train(first, Set.of(0, 1), 5)).isEqualTo(train(second, Set.of(0, 1), 5));
      assertThat(first.weights(0).tensors().values())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(second.weights(0).tensors().values());
    }
  }

  @Test
  void mixesWithBlocksOfPrograms() {
    var mixed =
        new BlockArchitecture(
            IMAGE,
            CLASSES,
            (ofDivision, moduleIndex) ->
                moduleIndex == 0
                    ? new SequentialBlock().add(Blocks.batchFlattenBlock()).add(program())
                    : module(ofDivision, moduleIndex));
    try (ModularNetwork network = network(mixed)) {
      List<Double> losses = train(network, Set.of(0, 1), 40);

      assertThat(losses.get(39)).isLessThan(0.3 * losses.get(0));
    }
  }

  /** Two linear layers as one program. */
  private static Block program() {
    String source =
        """
        def evaluate(self, x: Tensor, p: List[Tensor]) -> Tensor:
          return torch.linear(torch.gelu(torch.linear(x, p[0], p[1])), p[2], p[3])

        def train(self, x: Tensor, p: List[Tensor]) -> Tensor:
          return self.evaluate(x, p)
        """;
    var parameters =
        List.of(
            new ScriptBlock.Declared("first.weight", new Shape(24, 16), Parameter.Type.WEIGHT),
            new ScriptBlock.Declared("first.bias", new Shape(24), Parameter.Type.BIAS),
            new ScriptBlock.Declared("second.weight", new Shape(24, 24), Parameter.Type.WEIGHT),
            new ScriptBlock.Declared("second.bias", new Shape(24), Parameter.Type.BIAS));
    return new ScriptBlock(source, parameters, input -> new Shape(input.get(0), 24));
  }

  private static ModularNetwork network() {
    return network(MLP);
  }

  private static ModularNetwork network(BlockArchitecture architecture) {
    List<Weights> weights = architecture.initialWeights(DIVISION, 5, "test");
    return new ModularNetwork(architecture, DIVISION, weights, COMPUTE);
  }

  private static List<Double> train(ModularNetwork network, Set<Integer> modules, int steps) {
    var objective =
        new TaskObjective(
            network,
            Passes.classification(network),
            modules,
            StochasticDepth.OFF,
            /* recompute= */ false);
    List<Trainable> parameters =
        objective.trained().stream().flatMap(module -> module.trainable().stream()).toList();
    var optimizer =
        new Optimizer(network.manager(), List.of(parameters), ADAMW, 0, 1, Lanes.of(COMPUTE, 1, 1));
    return IntStream.range(0, steps).mapToObj(i -> step(network, objective, optimizer, i)).toList();
  }

  private static double step(
      ModularNetwork network, Objective objective, Optimizer optimizer, int index) {
    try (NDManager manager = network.manager().newSubManager()) {
      var key = new StepKey(new BatchKey(1, "test", -1), 0, index, IMAGES);
      objective.gather(new StepPart(images(manager), targets(manager)), key, optimizer.sums(0), 1);
      optimizer.finishPass(1e-2);
    }
    return optimizer.takeTotalLoss();
  }

  /** Noise whose class shows in the brightness. */
  private static NDArray images(NDManager manager) {
    var random = RandomStream.of(11);
    var pixels = new float[IMAGES * 16];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (0.3 * random.nextGaussian() + label(i / 16) - 1);
    }
    return manager.create(pixels, new Shape(IMAGES).addAll(IMAGE));
  }

  private static NDArray targets(NDManager manager) {
    var targets = new float[IMAGES * CLASSES];
    for (int i = 0; i < IMAGES; i++) {
      targets[i * CLASSES + label(i)] = 1;
    }
    return manager.create(targets, new Shape(IMAGES, CLASSES));
  }

  private static int label(int image) {
    return image % CLASSES;
  }
}
