package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DenseBackboneTest {

  private static final VisionTransformer VIT = new VisionTransformer(32, 4, 64, 2, 10, 1e-6);
  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final Compute BF16 = new Compute(Device.cpu(), Arithmetic.BF16, 1);
  private static final DenseBackbone GLOBAL = DenseBackbone.of(VIT, 4);
  private static final int HEIGHT = 48;
  private static final int WIDTH = 40;

  private final Weights weights = Golden.tensors("vit_weights");
  private final Weights golden = Golden.tensors("downstream/vit_dense");
  private final NDManager manager = TorchEngine.newManager(Device.cpu());

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @AfterEach
  void free() {
    manager.close();
  }

  @Test
  void tapsMatchHoweverTheNetworkIsDivided() {
    for (ModularDivision division :
        List.of(
            new ModularDivision(List.of(4)),
            new ModularDivision(List.of(2, 2)),
            new ModularDivision(List.of(1, 2, 1)))) {
      try (GradientMode mode = GradientMode.frozen()) {
        float[] found = taps(GLOBAL, division, FP32, image()).toFloatArray();
        int each = found.length / 4;
        for (int i = 0; i < 4; i++) {
          float[] tap = Arrays.copyOfRange(found, i * each, (i + 1) * each);
          float[] wanted = golden.tensor("tap.block" + i).values();
          Golden.assertClose("tap " + i + " of " + division, tap, wanted, 3e-5);
        }
      }
    }
  }

  @Test
  void padsWhatIsNoWholePatchWithZero() {
    float[] image = golden.tensor("image").values().clone();
    var small = new float[3 * 46 * 37];
    for (int row = 0; row < 3 * HEIGHT; row++) {
      for (int column = 0; column < WIDTH; column++) {
        boolean inside = row % HEIGHT < 46 && column < 37;
        if (inside) {
          small[(row / HEIGHT * 46 + row % HEIGHT) * 37 + column] = image[row * WIDTH + column];
        } else {
          image[row * WIDTH + column] = 0;
        }
      }
    }
    try (GradientMode mode = GradientMode.frozen()) {
      ModularDivision division = new ModularDivision(List.of(2, 2));
      NDArray padded = manager.create(image, new Shape(1, 3, HEIGHT, WIDTH));
      NDArray cut = manager.create(small, new Shape(1, 3, 46, 37));
      assertThat(taps(GLOBAL, division, FP32, cut).toFloatArray())
          .isEqualTo(taps(GLOBAL, division, FP32, padded).toFloatArray());
    }
  }

  @Test
  void leavesTheEmbeddingOfItsOwnGridAsItIs() {
    try (GradientMode mode = GradientMode.frozen()) {
      NDArray square = manager.create(gaussian(3 * 32 * 32), new Shape(1, 3, 32, 32));
      ModularDivision division = new ModularDivision(List.of(4));
      float[] dense = taps(GLOBAL, division, FP32, square).toFloatArray();
      Block block = VIT.block(new ModularDivision(List.of(4, 1)), 0, FP32);
      NetworkModule module = module(VIT.parameters(new ModularDivision(List.of(4, 1)), 0), block);
      float[] tokens = module.forward(square, false).toFloatArray();
      float[] last = Arrays.copyOfRange(dense, 3 * 64 * 64, 4 * 64 * 64);
      for (int i = 0; i < 64 * 64; i++) {
        assertThat(last[i % 64 * 64 + i / 64]).isCloseTo(tokens[64 + i], within(1e-5f));
      }
    }
  }

  @Test
  void leavesTheLastLayerOfEachQuarterGlobalAndTheClassTokenOut() {
    var windowed = new DenseBackbone(VIT, List.of(2, 4, 6, 8), 3);
    assertThat(IntStream.rangeClosed(1, 8).filter(i -> windowed.windowed(ofDepth(8), i)))
        .containsExactly(1, 3, 5, 7);
    assertThat(IntStream.rangeClosed(1, 8).filter(i -> GLOBAL.windowed(ofDepth(8), i))).isEmpty();
    assertThat(windowed.parameters(ofDepth(8), 0))
        .noneMatch(spec -> spec.name().equals("cls_token"))
        .anyMatch(spec -> spec.name().equals("pos_embed"));
  }

  @Test
  void attentionInWindowsIsThatOfEachWindowAlone() {
    ModularDivision division = ofDepth(8);
    float[] image = gaussian(3 * 48 * 48);
    try (GradientMode mode = GradientMode.frozen()) {
      NDArray large = manager.create(image, new Shape(1, 3, 48, 48));
      var six = new DenseBackbone(VIT, List.of(1, 2, 2, 8), 6);
      float[] before = taps(six, division, FP32, large).toFloatArray();
      float[] moved = image.clone();
      moved[0] += 1; // of the first window
      float[] after =
          taps(six, division, FP32, manager.create(moved, new Shape(1, 3, 48, 48))).toFloatArray();
      int each = before.length / 4;
      for (int i = 0; i < each; i++) {
        boolean first = i / 12 % 12 < 6 && i % 12 < 6;
        assertThat(before[i] != after[i]).as("place %d of the first tap", i).isEqualTo(first);
      }
      assertThat(IntStream.range(each, 2 * each).filter(i -> before[i] != after[i]).count())
          .as("after the global layer")
          .isGreaterThan(each / 2);
    }
  }

  @Test
  void padsTheLastWindows() {
    ModularDivision division = ofDepth(8);
    try (GradientMode mode = GradientMode.frozen()) {
      NDArray image = image();
      NDArray taps = taps(new DenseBackbone(VIT, List.of(1, 4, 6, 8), 5), division, FP32, image);
      assertThat(taps.getShape()).isEqualTo(new Shape(1, 4 * 64, 12, 10));
      for (float value : taps.toFloatArray()) {
        assertThat(value).isFinite();
      }
    }
  }

  @Test
  void hasGradientsOfAllParametersThroughTheInterpolation() {
    var windowed = new DenseBackbone(VIT, List.of(2, 4, 6, 8), 5);
    assertHasGradients(GLOBAL, new ModularDivision(List.of(2, 2)));
    assertHasGradients(windowed, new ModularDivision(List.of(3, 5)));
  }

  private void assertHasGradients(DenseBackbone backbone, ModularDivision division) {
    try (GradientMode mode = GradientMode.recording()) {
      List<NetworkModule> modules = modules(backbone, division, FP32);
      modules.forEach(NetworkModule::train);
      NDArray features = image();
      for (NetworkModule module : modules) {
        features = module.forward(features, true);
      }
      var arrays = new NDList();
      modules.forEach(module -> module.trainable().forEach(each -> arrays.add(each.array())));
      List<float[]> gradients = Autograd.gradients(Autograd.waved(features), arrays);
      assertThat(gradients).allMatch(gradient -> Golden.largest(gradient) > 0);
    }
  }

  @Test
  void staysCloseInBfloat16() {
    ModularDivision division = ofDepth(8);
    var windowed = new DenseBackbone(VIT, List.of(2, 4, 6, 8), 5);
    try (GradientMode mode = GradientMode.frozen()) {
      float[] exact = taps(windowed, division, FP32, image()).toFloatArray();
      float[] rounded = taps(windowed, division, BF16, image()).toFloatArray();
      Golden.assertClose("bf16", rounded, exact, 0.05 * Golden.largest(exact));
      assertThat(rounded).isNotEqualTo(exact);
    }
  }

  @Test
  void theProgramForAGpuGivesAboutTheSame() {
    ModularDivision division = new ModularDivision(List.of(2, 2));
    var gpu = new Compute(Device.gpu(), Arithmetic.BF16, 1);
    try (GradientMode mode = GradientMode.frozen()) {
      float[] processors = taps(GLOBAL, division, BF16, image()).toFloatArray();
      float[] gpus = taps(GLOBAL, division, gpu, image()).toFloatArray();
      Golden.assertClose("gpu", gpus, processors, 0.05 * Golden.largest(processors));
    }
  }

  @Test
  void dropsTheBranchesOfItsLayersInEverySegment() {
    var division = new ModularDivision(List.of(4));
    try (GradientMode mode = GradientMode.frozen()) {
      NetworkModule module = modules(GLOBAL, division, FP32).get(0);
      float[] all = new float[8];
      NDArray none = manager.create(all, new Shape(8, 1));
      float[] dropped = module.forward(image(), none, false).toFloatArray();
      int each = dropped.length / 4;
      for (int tap = 1; tap < 4; tap++) {
        assertThat(Arrays.copyOfRange(dropped, tap * each, (tap + 1) * each))
            .isEqualTo(Arrays.copyOfRange(dropped, 0, each));
      }
    }
  }

  @Test
  void countsTheOperationsOfVitLargeAt512() {
    var large = new VisionTransformer(224, 16, 1024, 16, 1000, 1e-6);
    ModularDivision division = ModularDivision.even(24, 4);
    DenseBackbone backbone = DenseBackbone.of(large, 24);
    double flops =
        IntStream.range(0, 4).mapToDouble(i -> backbone.flops(division, i, 512, 512)).sum();

    assertThat(3 * flops).isCloseTo(2.2e12, within(0.1e12));
  }

  @Test
  void countsTheOperationsOfWindows() {
    var large = new VisionTransformer(224, 16, 1024, 16, 1000, 1e-6);
    ModularDivision division = ModularDivision.even(24, 4);
    var backbone = new DenseBackbone(large, List.of(6, 12, 18, 24), DenseBackbone.WINDOW);
    double flops =
        IntStream.range(0, 4).mapToDouble(i -> backbone.flops(division, i, 800, 1216)).sum();

    assertThat(3 * flops).isCloseTo(7.7e12, within(0.8e12));
  }

  @Test
  void rejectsTapsThatLeaveLayersOut() {
    assertThatThrownBy(() -> GLOBAL.parameters(ofDepth(8), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot read maps off layers [1, 2, 3, 4] of a network of depth 8: expected the last of"
                + " them to be its last layer");
    assertThatThrownBy(() -> new DenseBackbone(VIT, List.of(2, 1, 3, 4), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot read maps off layers [2, 1, 3, 4]: expected four layers, rising, from 1 on");
  }

  private static ModularDivision ofDepth(int depth) {
    return new ModularDivision(List.of(depth));
  }

  private NDArray image() {
    return manager.create(golden.tensor("image").values(), new Shape(1, 3, HEIGHT, WIDTH));
  }

  /** The four taps behind each other, B x 4D x h x w. */
  private NDArray taps(
      DenseBackbone backbone, ModularDivision division, Compute compute, NDArray image) {
    NDArray features = image;
    for (NetworkModule module : modules(backbone, division, compute)) {
      features = module.forward(features, false);
    }
    return features;
  }

  private List<NetworkModule> modules(
      DenseBackbone backbone, ModularDivision division, Compute compute) {
    var script = new DenseScript(backbone, compute);
    var joined = new DenseScript.Output("", "torch.contiguous(torch.cat([a, b, c, d], 1))");
    int last = division.moduleCount() - 1;
    return IntStream.rangeClosed(0, last)
        .mapToObj(
            i -> {
              String program =
                  i < last
                      ? script.module(division, i)
                      : script.last(division, "", 0, List.of("a", "b", "c", "d"), joined, joined);
              List<ParameterSpec> specs = backbone.parameters(division, i);
              return module(specs, ScriptBlocks.of(program, specs, new Shape(1)));
            })
        .toList();
  }

  /** With the golden weights; layers behind the fourth begin anew. */
  private NetworkModule module(List<ParameterSpec> specs, Block block) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    for (ParameterSpec spec : specs) {
      String name = spec.name();
      if (name.startsWith("blocks.")) {
        int layer = Integer.parseInt(name.substring(7, name.indexOf('.', 7)));
        name = name.replace("blocks." + layer, "blocks." + layer % 4);
      }
      tensors.put(spec.name(), weights.tensor(name));
    }
    int layers = (int) specs.stream().filter(spec -> spec.name().endsWith("fc2.bias")).count();
    var part = new NetworkPart(specs, compute -> block, layers, 0, 0);
    return new NetworkModule(part, manager, FP32, new Weights(tensors));
  }

  private static float[] gaussian(int size) {
    var random = RandomStream.of(1);
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
