package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptBlock;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Auxiliary networks and trunks of the built-in families. */
class AuxiliaryNetworkTest {

  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final ResidualNetwork RESNET_110 = new ResidualNetwork(32, 16, 100);
  private static final ModularDivision GROUPS = new ModularDivision(List.of(18, 18, 18));
  private static final VisionTransformer DEIT_T =
      new VisionTransformer(32, 4, 192, 3, 100, VisionTransformer.DEIT_EPSILON);
  private static final ModularDivision T_32 = ModularDivision.even(32, 4);

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @Test
  void haveThePublishedSizesOnResNet110() {
    assertThat(trained(AuxiliaryKind.DGL_HEAD)).containsExactly(20_228L, 66_468L);
    assertThat(trained(AuxiliaryKind.INFOPRO_HEAD)).containsExactly(21_796L, 39_780L);
    assertThat(trained(AuxiliaryKind.INFOPRO_DECODER)).containsExactly(2_091L, 3_819L);
  }

  private static List<Long> trained(AuxiliaryKind kind) {
    return IntStream.range(0, 2)
        .mapToObj(
            k ->
                RESNET_110.auxiliary(GROUPS, k, kind).specs().stream()
                    .filter(spec -> spec.role() != Role.BUFFER)
                    .mapToLong(ParameterSpec::size)
                    .sum())
        .toList();
  }

  @Test
  void costLittleOnResNet110() {
    assertThat(share(RESNET_110, GROUPS, AuxiliaryKind.DGL_HEAD)).isCloseTo(0.0007, within(5e-5));
    assertThat(share(RESNET_110, GROUPS, AuxiliaryKind.INFOPRO_HEAD, AuxiliaryKind.INFOPRO_DECODER))
        .isCloseTo(0.033, within(5e-4));
  }

  @Test
  void costLittleOnDeitTiny() {
    assertThat(share(DEIT_T, T_32, AuxiliaryKind.DGL_HEAD)).isCloseTo(0.016, within(5e-4));
    assertThat(share(DEIT_T, T_32, AuxiliaryKind.INFOPRO_HEAD, AuxiliaryKind.INFOPRO_DECODER))
        .isCloseTo(0.025, within(5e-4));
    NetworkPart head = DEIT_T.auxiliary(T_32, 0, AuxiliaryKind.DGL_HEAD);
    double layer = DEIT_T.forwardFlops(T_32, 1) / 8;
    assertThat(head.forwardFlops()).isEqualTo(layer + 2.0 * 192 * 100);
  }

  /** Computed operations of all auxiliary networks of these kinds, over the network's nominal. */
  private static double share(
      Architecture architecture, ModularDivision division, AuxiliaryKind... kinds) {
    double network = 0;
    double auxiliaries = 0;
    for (int k = 0; k < division.moduleCount(); k++) {
      network += architecture.forwardFlops(division, k);
      for (AuxiliaryKind kind : kinds) {
        if (k < division.moduleCount() - 1) {
          auxiliaries += architecture.auxiliary(division, k, kind).computedFlops();
        }
      }
    }
    return auxiliaries / network;
  }

  @Test
  void haveTheParametersOfALastModuleOfDepthOneOnAVisionTransformer() {
    List<ParameterSpec> head = DEIT_T.auxiliary(T_32, 2, AuxiliaryKind.DGL_HEAD).specs();
    List<ParameterSpec> last = DEIT_T.parameters(new ModularDivision(List.of(1, 1)), 1);

    assertThat(head)
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("name")
        .containsExactlyElementsOf(last);
    assertThat(head).allMatch(spec -> spec.name().startsWith("aux.2."));
  }

  @ParameterizedTest
  @EnumSource(AuxiliaryKind.class)
  void decayMatricesAndFiltersAlone(AuxiliaryKind kind) {
    for (Architecture architecture : List.of(RESNET_110, DEIT_T)) {
      ModularDivision division = architecture == DEIT_T ? T_32 : GROUPS;
      assertThat(architecture.auxiliary(division, 1, kind).specs())
          .allMatch(spec -> (spec.shape().dimension() > 1) == (spec.role() == Role.DECAYED))
          .allMatch(spec -> spec.name().contains("running") == (spec.role() == Role.BUFFER));
    }
  }

  @Test
  void beginAnewForEachModuleSeedAndUse() {
    var kind = AuxiliaryKind.DGL_HEAD;
    String qkv = "block.attn.qkv.weight";
    float[] weights = initial(0, kind, 1).tensor("aux.0." + qkv).values();

    assertThat(initial(0, kind, 1).tensor("aux.0." + qkv).values()).isEqualTo(weights);
    assertThat(initial(0, AuxiliaryKind.INFOPRO_HEAD, 1).tensor("aux.0." + qkv).values())
        .isEqualTo(weights);
    assertThat(initial(1, kind, 1).tensor("aux.1." + qkv).values()).isNotEqualTo(weights);
    assertThat(initial(0, kind, 2).tensor("aux.0." + qkv).values()).isNotEqualTo(weights);
    float[] decoder =
        initial(0, AuxiliaryKind.INFOPRO_DECODER, 1).tensor("aux.0.decoder.fc1.weight").values();
    assertThat(decoder[0]).isNotEqualTo(weights[0]);
  }

  private static Weights initial(int moduleIndex, AuxiliaryKind kind, long seed) {
    return DEIT_T.initialAuxiliaryWeights(T_32, moduleIndex, kind, seed, "auxiliary");
  }

  /**
   * A module whose tokens are the patches as the embedding reads them, and a decoder that gives
   * back what its norm gives it: each pixel comes back in its place, normed with its patch.
   */
  @Test
  void decoderPutsPixelsBackWhereTheEmbeddingReadsThem() {
    int patch = 4;
    int width = 3 * patch * patch;
    var model = new VisionTransformer(8, patch, width, 1, 2, VisionTransformer.DEIT_EPSILON);
    var division = new ModularDivision(List.of(1, 1));
    NetworkPart decoder = model.auxiliary(division, 0, AuxiliaryKind.INFOPRO_DECODER);
    var pixels = new float[3 * 8 * 8];
    var random = RandomStream.of(3);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    try (NDManager manager = TorchEngine.newManager(Device.cpu());
        GradientMode mode = GradientMode.frozen()) {
      NDArray image = manager.create(pixels, new Shape(1, 3, 8, 8));
      var module =
          new NetworkModule(
              model.trunk(division, 0), manager, FP32, readingPatches(model, division));
      var decoding = new NetworkModule(decoder, manager, FP32, givingBack(decoder));

      float[] found =
          decoding.forward(module.forward(image, /* training= */ false), false).toFloatArray();

      for (int i = 0; i < pixels.length; i++) {
        assertThat((double) found[i]).isCloseTo(normed(pixels, i, patch), within(2e-5));
      }
    }
  }

  private static Weights readingPatches(VisionTransformer model, ModularDivision division) {
    var weights = new LinkedHashMap<String, Weights.Tensor>();
    Weights fresh = model.initialWeights(division, 0, 1, "test");
    fresh
        .tensors()
        .forEach(
            (name, tensor) -> {
              var values = new float[tensor.values().length];
              if (name.equals("patch_embed.proj.weight")) {
                setDiagonal(values, model.width());
              }
              weights.put(name, new Weights.Tensor(tensor.shape(), values));
            });
    return new Weights(weights);
  }

  /** GELU gives back what is so large. */
  private static Weights givingBack(NetworkPart decoder) {
    int width = (int) decoder.specs().get(0).size();
    var weights = new LinkedHashMap<String, Weights.Tensor>();
    for (ParameterSpec spec : decoder.specs()) {
      Weights.Tensor tensor = spec.draw(RandomStream.of(1));
      float[] values = tensor.values();
      switch (spec.name()) {
        case "aux.0.decoder.fc1.weight", "aux.0.decoder.fc2.weight" -> {
          Arrays.fill(values, 0);
          setDiagonal(values, width);
        }
        case "aux.0.decoder.fc1.bias" -> Arrays.fill(values, 20);
        case "aux.0.decoder.fc2.bias" -> Arrays.fill(values, -20);
        default -> {}
      }
      weights.put(spec.name(), tensor);
    }
    return new Weights(weights);
  }

  private static void setDiagonal(float[] values, int width) {
    for (int i = 0; i < width; i++) {
      values[i * width + i] = 1;
    }
  }

  /** A pixel with its patch's mean and spread taken off. */
  private static double normed(float[] pixels, int index, int patch) {
    int row = index / 8 % 8 / patch * patch;
    int column = index % 8 / patch * patch;
    double sum = 0;
    double squares = 0;
    for (int colour = 0; colour < 3; colour++) {
      for (int y = row; y < row + patch; y++) {
        for (int x = column; x < column + patch; x++) {
          double value = pixels[(colour * 8 + y) * 8 + x];
          sum += value;
          squares += value * value;
        }
      }
    }
    int count = 3 * patch * patch;
    double mean = sum / count;
    return (pixels[index] - mean) / Math.sqrt(squares / count - mean * mean + 1e-6);
  }

  @Test
  void trunksGiveWhatTheHeadReads() {
    var vit = new VisionTransformer(8, 4, 8, 2, 3, VisionTransformer.DEIT_EPSILON);
    var resnet = new ResidualNetwork(8, 4, 3);
    assertTrunk(vit, new ModularDivision(List.of(1, 2)), new Shape(2, 8));
    assertTrunk(vit, new ModularDivision(List.of(2)), new Shape(2, 8));
    assertTrunk(resnet, new ModularDivision(List.of(1, 1, 2)), new Shape(2, 16, 2, 2));
  }

  private static void assertTrunk(Architecture architecture, ModularDivision division, Shape out) {
    List<Weights> weights = architecture.initialWeights(division, 1, "test");
    int last = division.moduleCount() - 1;
    try (var network = new ModularNetwork(architecture, division, weights, FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NetworkModule trunk = network.trunk(last);
      NDArray features = manager.ones(new Shape(2).addAll(architecture.inputShape()));
      for (int k = 0; k < last; k++) {
        assertThat(network.trunk(k)).isSameAs(network.modules().get(k));
        features = network.modules().get(k).forward(features, /* training= */ false);
      }

      assertThat(trunk.forward(features, /* training= */ false).getShape()).isEqualTo(out);

      Weights changed = architecture.initialWeights(division, last, 2, "other");
      trunk.restore(changed.first(trunk.specs().size()));
      var found = network.weights(last).first(trunk.specs().size());
      assertThat(found.tensors().values())
          .usingRecursiveFieldByFieldElementComparator()
          .containsExactlyElementsOf(changed.first(trunk.specs().size()).tensors().values());
      assertThat(architecture.trunk(division, last).forwardFlops())
          .isLessThan(architecture.forwardFlops(division, last));
    }
  }

  @ParameterizedTest
  @EnumSource(AuxiliaryKind.class)
  void libtorchKnowsEveryOperatorOfAGpusPrograms(AuxiliaryKind kind) {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      var gpu = new Compute(Device.gpu(), arithmetic, 1);
      var programs =
          List.of(
              DEIT_T.auxiliary(T_32, 0, kind).block().apply(gpu),
              RESNET_110.auxiliary(GROUPS, 1, kind).block().apply(gpu),
              DEIT_T.trunk(T_32, 3).block().apply(gpu),
              RESNET_110.trunk(GROUPS, 2).block().apply(gpu));
      try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
        assertThat(programs)
            .allSatisfy(
                block -> ScriptProgram.load(manager, ((ScriptBlock) block).methods()).close());
      }
    }
  }

  @Test
  void refuseAUsersOwnBlocks() {
    var blocks = new BlockArchitecture(new Shape(1, 4, 4), 2, (ofDivision, k) -> linear());
    var division = new ModularDivision(List.of(1, 1));

    assertThatThrownBy(() -> blocks.auxiliary(division, 0, AuxiliaryKind.INFOPRO_DECODER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot build an auxiliary network INFOPRO_DECODER on module 0: expected a vision"
                + " transformer or a residual network, got BlockArchitecture");
    assertThatThrownBy(() -> blocks.trunk(division, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot tell the head of module 1 from the rest");
  }

  private static Block linear() {
    return Linear.builder().setUnits(2).build();
  }
}
