package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModuleGrowthTest {

  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final VisionTransformer VIT =
      new VisionTransformer(16, 4, 16, 2, 5, VisionTransformer.DEIT_EPSILON);
  private static final ResidualNetwork RESNET = new ResidualNetwork(16, 4, 5);
  private static final TextTransformer BERT = new TextTransformer(20, 7, 16, 2, 5);

  private static Stream<Arguments> divisions() {
    return Stream.of(VIT, RESNET, BERT)
        .flatMap(
            architecture ->
                Stream.of(
                    Arguments.of(architecture, even(1), even(3)),
                    Arguments.of(architecture, even(2), even(4)),
                    Arguments.of(architecture, even(2), even(2))));
  }

  private static ModularDivision even(int depth) {
    return ModularDivision.even(3 * depth, 3);
  }

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @ParameterizedTest
  @MethodSource("divisions")
  void grownModulesChangeNothing(
      Architecture architecture, ModularDivision meta, ModularDivision target) {
    List<Weights> metaModules = trained(architecture, meta);
    float[] wanted = logits(architecture, meta, metaModules);
    var all = new ArrayList<Weights>();
    for (int i = 0; i < 3; i++) {
      all.add(grown(ModuleGrowth.GROWN, architecture, meta, target, i, metaModules.get(i)));
      var hybrid = new ArrayList<>(metaModules);
      hybrid.set(i, all.get(i));
      assertClose(logits(architecture, meta.hybrid(target, i), hybrid), wanted);
    }
    assertClose(logits(architecture, target, all), wanted);
  }

  @ParameterizedTest
  @MethodSource("divisions")
  void namesAndShapesAreTheTargets(
      Architecture architecture, ModularDivision meta, ModularDivision target) {
    for (ModuleGrowth growth : ModuleGrowth.values()) {
      for (int i = 0; i < 3; i++) {
        Weights found =
            grown(growth, architecture, meta, target, i, trained(architecture, meta).get(i));
        List<ParameterSpec> specs = architecture.parameters(target, i);
        assertThat(found.tensors().keySet())
            .containsExactlyElementsOf(specs.stream().map(ParameterSpec::name).toList());
        specs.forEach(
            spec -> assertThat(found.tensor(spec.name()).values()).hasSize((int) spec.size()));
      }
    }
  }

  @Test
  void stackedLayersAreThoseOfTheMetaModuleInOrder() {
    Weights meta = trained(VIT, even(2)).get(1);

    Weights found = grown(ModuleGrowth.STACKED, VIT, even(2), even(4), 1, meta);

    for (int layer = 0; layer < 4; layer++) {
      String from = "blocks." + (2 + layer / 2) + ".";
      String to = "blocks." + (4 + layer) + ".";
      for (String tail : List.of("attn.qkv.weight", "mlp.fc2.weight", "norm1.bias")) {
        assertThat(found.tensor(to + tail).values()).isEqualTo(meta.tensor(from + tail).values());
      }
    }
  }

  @Test
  void grownLayersEndInZeroAlone() {
    Weights meta = trained(VIT, even(1)).get(2);

    Weights found = grown(ModuleGrowth.GROWN, VIT, even(1), even(2), 2, meta);

    assertThat(found.tensor("blocks.4.mlp.fc2.weight").values())
        .isEqualTo(meta.tensor("blocks.2.mlp.fc2.weight").values());
    assertThat(found.tensor("blocks.5.mlp.fc1.weight").values())
        .isEqualTo(meta.tensor("blocks.2.mlp.fc1.weight").values());
    for (String tail : VIT.closingParameters()) {
      assertThat(found.tensor("blocks.5." + tail).values()).containsOnly(0);
    }
    assertThat(found.tensor("head.weight").values()).isEqualTo(meta.tensor("head.weight").values());
  }

  @Test
  void takesFreshWeightsWhereShapesDiffer() {
    Weights meta = trained(RESNET, even(1)).get(1);
    Weights fresh = RESNET.initialWeights(even(2), 1, 5, "fresh");

    Weights found = ModuleGrowth.STACKED.of(RESNET, even(1), even(2), 1, meta, fresh);

    assertThat(found.tensor("layer2.1.conv1.weight").values())
        .isEqualTo(fresh.tensor("layer2.1.conv1.weight").values());
    assertThat(found.tensor("layer2.1.conv2.weight").values())
        .isEqualTo(meta.tensor("layer2.0.conv2.weight").values());
    assertThat(found.tensor("layer2.0.downsample.0.weight").values())
        .isEqualTo(meta.tensor("layer2.0.downsample.0.weight").values());
  }

  @Test
  void refusesADeeperMetaModule() {
    Weights meta = trained(VIT, even(2)).get(0);
    assertThatThrownBy(() -> grown(ModuleGrowth.GROWN, VIT, even(2), even(1), 0, meta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot make 1 layers of module 0 out of the meta module's: expected at most 1, got 2");
  }

  @Test
  void refusesAUsersOwnBlocks() {
    var blocks =
        new BlockArchitecture(
            new Shape(4), 2, (ofDivision, k) -> Linear.builder().setUnits(2).build());
    Weights meta = blocks.initialWeights(even(1), 0, 1, "meta");
    assertThatThrownBy(() -> grown(ModuleGrowth.STACKED, blocks, even(1), even(1), 0, meta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot tell the layers of module 0 apart: expected a vision transformer or a residual"
                + " network, got BlockArchitecture");
  }

  private static Weights grown(
      ModuleGrowth growth,
      Architecture architecture,
      ModularDivision meta,
      ModularDivision target,
      int moduleIndex,
      Weights metaModule) {
    Weights fresh = architecture.initialWeights(target, moduleIndex, 5, "fresh");
    return growth.of(architecture, meta, target, moduleIndex, metaModule, fresh);
  }

  /** Weights of which none are 0, and statistics that are not the first ones. */
  private static List<Weights> trained(Architecture architecture, ModularDivision division) {
    var random = RandomStream.of(8);
    return architecture.initialWeights(division, 1, "meta").stream()
        .map(
            module -> {
              var tensors = new LinkedHashMap<String, Weights.Tensor>();
              module
                  .tensors()
                  .forEach(
                      (name, tensor) -> {
                        float[] values = tensor.values().clone();
                        for (int i = 0; i < values.length; i++) {
                          values[i] += (float) (0.2 * random.nextDouble());
                        }
                        tensors.put(name, new Weights.Tensor(tensor.shape(), values));
                      });
              return new Weights(tensors);
            })
        .toList();
  }

  private static float[] logits(
      Architecture architecture, ModularDivision division, List<Weights> weights) {
    try (var network = new ModularNetwork(architecture, division, weights, FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var random = RandomStream.of(6);
      Shape shape = new Shape(4).addAll(architecture.inputShape());
      var inputs = new float[Math.toIntExact(shape.size())];
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] =
            (float) (architecture.readsTexts() ? i % BERT.vocabulary() : random.nextGaussian());
      }
      return network.evaluate(manager.create(inputs, shape)).toFloatArray();
    }
  }

  private static void assertClose(float[] found, float[] wanted) {
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      worst = Math.max(worst, Math.abs((double) found[i] - wanted[i]));
    }
    assertThat(worst).isLessThan(1e-5 * largest);
  }
}
