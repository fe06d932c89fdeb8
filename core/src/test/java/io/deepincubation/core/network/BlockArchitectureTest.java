package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.script.GradientMode;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockArchitectureTest {

  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 1));
  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);

  private final BlockArchitecture architecture =
      new BlockArchitecture(new Shape(3, 8, 8), 5, BlockArchitectureTest::module);

  /**
   * Module 0: convolutions with batch norm, which halve the image once; module 1: a linear head.
   */
  private static Block module(ModularDivision division, int moduleIndex) {
    int depth = division.depth(moduleIndex);
    var block = new SequentialBlock();
    if (moduleIndex == 1) {
      return block.add(Blocks.batchFlattenBlock()).add(Linear.builder().setUnits(5).build());
    }
    for (int layer = 0; layer < depth; layer++) {
      int stride = layer == 0 ? 2 : 1;
      block
          .add(
              Conv2d.builder()
                  .setKernelShape(new Shape(3, 3))
                  .setFilters(4)
                  .optPadding(new Shape(1, 1))
                  .optStride(new Shape(stride, stride))
                  .build())
          .add(BatchNorm.builder().build())
          .add(Activation.reluBlock());
    }
    return block;
  }

  @Test
  void findsTheParametersOfTheBlocks() {
    List<ParameterSpec> specs = architecture.parameters(DIVISION, 0);

    assertThat(specs).hasSize(2 * (2 + 4));
    assertThat(specs).allMatch(spec -> spec.name().startsWith("modules.0."));
    assertThat(specs).extracting(ParameterSpec::name).doesNotHaveDuplicates();
    assertThat(specs.get(0).shape()).isEqualTo(new Shape(4, 3, 3, 3));
    assertThat(specs.get(0).role()).isEqualTo(Role.DECAYED);
    assertThat(specs.get(0).initialization())
        .isEqualTo(new Initialization.Uniform(1 / Math.sqrt(27)));
    assertThat(specs.get(1).role()).isEqualTo(Role.UNDECAYED);
    assertThat(specs).filteredOn(spec -> spec.role() == Role.BUFFER).hasSize(4);
    assertThat(architecture.parameters(DIVISION, 1).get(0).shape()).isEqualTo(new Shape(5, 64));
  }

  @Test
  void trainsNothingThatABlockHasFrozen() {
    var frozen =
        new BlockArchitecture(
            new Shape(3, 8, 8),
            5,
            (ofDivision, moduleIndex) -> {
              Block block = module(ofDivision, moduleIndex);
              block.freezeParameters(true);
              return block;
            });

    assertThat(frozen.parameters(DIVISION, 0)).allMatch(spec -> spec.role() == Role.BUFFER);
  }

  @Test
  void drawsTheSameWeightsForTheSameSeed() {
    Weights weights = architecture.initialWeights(DIVISION, 1, 3, "test");

    assertThat(weights.tensors().values())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(
            architecture.initialWeights(DIVISION, 1, 3, "test").tensors().values());
    assertThat(weights.tensors().values().iterator().next().values()).doesNotContain(0f);
  }

  @Test
  void computesTheNetwork() {
    List<Weights> weights =
        List.of(
            architecture.initialWeights(DIVISION, 0, 3, "test"),
            architecture.initialWeights(DIVISION, 1, 3, "test"));
    try (var network = new ModularNetwork(architecture, DIVISION, weights, COMPUTE);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDArray logits = network.evaluate(manager.ones(new Shape(7, 3, 8, 8)));

      assertThat(logits.getShape()).isEqualTo(new Shape(7, 5));
      assertThat(network.weights(1).tensors()).hasSize(2);
    }
  }

  @Test
  void updatesRunningStatisticsInTrainingAlone() {
    List<Weights> weights =
        List.of(
            architecture.initialWeights(DIVISION, 0, 3, "test"),
            architecture.initialWeights(DIVISION, 1, 3, "test"));
    try (var network = new ModularNetwork(architecture, DIVISION, weights, COMPUTE);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      NetworkModule module = network.modules().get(0);
      module.train();
      NDArray images = manager.arange(7f * 3 * 8 * 8).reshape(7, 3, 8, 8).div(1000);
      module.forward(images, images, false);
      assertThat(variance(module)).containsOnly(1f);
      module.forward(images, images, true);
      assertThat(variance(module)).doesNotContain(1f);
    }
  }

  private static float[] variance(NetworkModule module) {
    Weights weights = module.weights();
    String name =
        weights.tensors().keySet().stream()
            .filter(key -> key.contains("Var"))
            .findFirst()
            .orElseThrow();
    return weights.tensor(name).values();
  }

  @Test
  void estimatesOperationsFromOutputPositions() {
    double convolutions = 2.0 * (3 * 4 * 9 + 4 * 4 * 9) * 16;

    assertThat(architecture.forwardFlops(DIVISION, 0)).isEqualTo(convolutions);
    assertThat(architecture.forwardFlops(DIVISION, 1)).isEqualTo(2.0 * 5 * 64);
  }

  @Test
  void rejectsNoClasses() {
    assertThatThrownBy(
            () -> new BlockArchitecture(new Shape(3, 8, 8), 0, BlockArchitectureTest::module))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot classify into 0 classes: expected at least 1");
  }
}
