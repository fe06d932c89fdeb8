package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.DetectionHead.Sampling;
import io.deepincubation.core.network.DetectionHeads.Boxes;
import io.deepincubation.core.network.DetectionHeads.Losses;
import io.deepincubation.core.network.DetectionHeads.Outputs;
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DetectionNetworkTest {

  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final Compute BF16 = new Compute(Device.cpu(), Arithmetic.BF16, 1);
  private static final int CLASSES = 3;
  private static final int SIDE = 64;
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 2));
  private static final DetectionHead SMALL =
      new DetectionHead(8, 5, 16, 1, 2, new Sampling(8, 6, 3));

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  private static DetectionNetwork network(int patch, int window) {
    var vit = new VisionTransformer(4 * patch, patch, 16, 2, 10, 1e-6);
    var backbone = new DenseBackbone(vit, List.of(1, 2, 3, 4), window);
    return new DetectionNetwork(backbone, CLASSES, SMALL, SIDE);
  }

  @Test
  void doesAsMuchAsTheSmallSetupOnFacades() {
    var vit = new VisionTransformer(32, 8, 96, 3, 100, 1e-6);
    var head = new DetectionHead(64, 4, 256, 2, 2, new Sampling(128, 48, 12));
    var network = new DetectionNetwork(DenseBackbone.of(vit, 24), 10, head, 128);
    ModularDivision division = ModularDivision.even(24, 4);
    double flops = IntStream.range(0, 4).mapToDouble(i -> network.forwardFlops(division, i)).sum();

    assertThat(3 * flops).isCloseTo(8.1e9, within(0.3e9));
  }

  @Test
  void doesAsMuchAsMaskRcnnOnVitLarge() {
    var vit = new VisionTransformer(224, 16, 1024, 16, 1000, 1e-6);
    var backbone = new DenseBackbone(vit, List.of(6, 12, 18, 24), DenseBackbone.WINDOW);
    var network = new DetectionNetwork(backbone, 80, DetectionHead.COCO, 1024);
    ModularDivision division = ModularDivision.even(24, 4);
    double flops =
        IntStream.range(0, 4).mapToDouble(i -> network.forwardFlops(division, i, 800, 1216)).sum();

    // About 9 without what windows are padded with, 0.5.
    assertThat(3 * flops).isCloseTo(9.5e12, within(0.5e12));
  }

  @Test
  void tellsTheLevelsOfAnImage() {
    DetectionNetwork small = network(8, 0);
    DetectionNetwork large = network(16, 0);

    assertThat(small.levels(64, 96))
        .containsExactly(
            new Grid(16, 24), new Grid(8, 12), new Grid(4, 6), new Grid(2, 3), new Grid(1, 2))
        .isEqualTo(large.levels(64, 96));
    assertThat(IntStream.range(0, 5).map(small::stride)).containsExactly(4, 8, 16, 32, 64);
    assertThat(IntStream.range(0, 5).map(large::stride)).containsExactly(4, 8, 16, 32, 64);
  }

  @Test
  void hasTheParametersOfAllItsParts() {
    List<ParameterSpec> last = network(16, 0).parameters(DIVISION, 1);
    List<String> names = last.stream().map(ParameterSpec::name).toList();

    assertThat(names)
        .startsWith("blocks.2.norm1.weight")
        .contains(
            "neck.norm.3.bias",
            "neck.up4n.weight",
            "fpn.lateral.0.weight",
            "fpn.output.3.bias",
            "rpn.deltas.weight",
            "roi.fc2.weight",
            "roi.deltas.bias")
        .endsWith("roi.mask.classify.weight", "roi.mask.classify.bias")
        .doesNotHaveDuplicates();
    assertThat(last)
        .allMatch(spec -> (spec.shape().dimension() > 1) == (spec.role() == Role.DECAYED));
  }

  @Test
  void givesAsManyValuesAsItSays() {
    for (int patch : List.of(8, 16)) {
      DetectionNetwork network = network(patch, 3);
      try (Loaded loaded = new Loaded(network, FP32);
          GradientMode mode = GradientMode.frozen()) {
        Outputs outputs = loaded.outputs(2);
        Shape[] shapes =
            network.block(DIVISION, 1, FP32).getOutputShapes(new Shape[] {new Shape(2, 1)});
        assertThat(outputs.values().getShape()).isEqualTo(shapes[0]);
        assertThat(loaded.heads.proposals(outputs).logits()).hasSize(2 * anchors(network));
        assertThat(loaded.heads.proposals(outputs).deltas()).hasSize(8 * anchors(network));
      }
    }
  }

  private static int anchors(DetectionNetwork network) {
    return network.levels(SIDE, SIDE).stream().mapToInt(g -> 3 * g.height() * g.width()).sum();
  }

  @Test
  void readsARegionOffItsOwnImageAndLevel() {
    try (Loaded loaded = new Loaded(network(8, 0), FP32)) {
      Outputs both = loaded.outputs(2);
      var regions =
          new Regions(
              new int[] {0, 1, 1},
              new int[] {0, 0, 2},
              new float[] {3, 5, 40, 50, 3, 5, 40, 50, 8, 0, 64, 48});
      float[] before = loaded.heads.boxes(both, loaded.parameters(), regions).logits();
      // The third level of the second image lies behind 16 x 16 and 8 x 8 places of 8 channels.
      float[] values = both.values().toFloatArray();
      int first = values.length / 2 + (16 * 16 + 8 * 8) * 8;
      for (int i = first; i < first + 4 * 4 * 8; i++) {
        values[i] += 1;
      }
      NDArray moved = loaded.manager.create(values, both.values().getShape());
      float[] after =
          loaded.heads.boxes(new Outputs(moved, SIDE, SIDE), loaded.parameters(), regions).logits();

      int each = CLASSES + 1;
      assertThat(Arrays.copyOf(after, 2 * each)).isEqualTo(Arrays.copyOf(before, 2 * each));
      assertThat(Arrays.copyOfRange(after, 2 * each, 3 * each))
          .isNotEqualTo(Arrays.copyOfRange(before, 2 * each, 3 * each));
      assertThat(Arrays.copyOf(before, each))
          .isNotEqualTo(Arrays.copyOfRange(before, each, 2 * each));
    }
  }

  @Test
  void hasAllLossesAndGradientsOfAllParameters() {
    for (DetectionNetwork network : List.of(network(16, 0), network(8, 3))) {
      try (Loaded loaded = new Loaded(network, FP32);
          GradientMode mode = GradientMode.recording()) {
        loaded.network.modules().forEach(NetworkModule::train);
        Losses losses = loaded.losses(targets(network, 0, 1, CLASSES));
        float[] each = losses.each().toFloatArray();
        double sum = 0;
        for (float loss : each) {
          assertThat(loss).isPositive();
          sum += loss;
        }
        assertThat((double) losses.total().getFloat()).isCloseTo(sum, within(1e-5));
        NDList arrays = loaded.trained();
        List<float[]> gradients = Autograd.gradients(losses.total(), arrays);
        assertThat(gradients).allMatch(gradient -> Golden.largest(gradient) > 0);
      }
    }
  }

  @Test
  void learnsWithoutForegroundAndWithoutRegions() {
    DetectionNetwork network = network(8, 0);
    try (Loaded loaded = new Loaded(network, FP32);
        GradientMode mode = GradientMode.recording()) {
      loaded.network.modules().forEach(NetworkModule::train);
      for (int[] classes : List.of(new int[] {CLASSES, CLASSES}, new int[0])) {
        Losses losses = loaded.losses(targets(network, classes));
        float[] each = losses.each().toFloatArray();
        assertThat(each[3]).isZero();
        assertThat(each[4]).isZero();
        assertThat(each[2] > 0).isEqualTo(classes.length > 0);
        for (float[] gradient : Autograd.gradients(losses.total(), loaded.trained())) {
          assertThat(Golden.largest(gradient)).isFinite();
        }
      }
    }
  }

  @Test
  void losesLessByStepsAlongItsGradients() {
    DetectionNetwork network = network(8, 0);
    try (Loaded loaded = new Loaded(network, FP32);
        GradientMode mode = GradientMode.recording()) {
      loaded.network.modules().forEach(NetworkModule::train);
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 5; step++) {
        NDArray total = loaded.losses(targets(network, 0, 1, CLASSES)).total();
        losses.add((double) total.getFloat());
        NDList arrays = loaded.trained();
        List<float[]> gradients = Autograd.gradients(total, arrays);
        try (GradientMode frozen = GradientMode.frozen()) {
          for (int i = 0; i < arrays.size(); i++) {
            float[] values = arrays.get(i).toFloatArray();
            float largest = Golden.largest(gradients.get(i));
            for (int j = 0; j < values.length; j++) {
              values[j] -= 0.01f * gradients.get(i)[j] / largest;
            }
            arrays.get(i).set(values);
          }
        }
      }
      assertThat(losses.get(4)).isLessThan(losses.get(0) - 0.05);
    }
  }

  @Test
  void drawsTheMaskOfAClass() {
    try (Loaded loaded = new Loaded(network(8, 0), FP32)) {
      Outputs outputs = loaded.outputs(1);
      var twice =
          new Regions(new int[] {0, 0}, new int[] {1, 1}, new float[] {0, 0, 30, 30, 0, 0, 30, 30});
      int side = DetectionHead.MASK_SIDE;
      float[] masks = loaded.heads.masks(outputs, loaded.parameters(), twice, new int[] {0, 2});
      float[] swapped = loaded.heads.masks(outputs, loaded.parameters(), twice, new int[] {2, 0});

      assertThat(masks).hasSize(2 * side * side);
      assertThat(Arrays.copyOf(masks, side * side))
          .isEqualTo(Arrays.copyOfRange(swapped, side * side, 2 * side * side))
          .isNotEqualTo(Arrays.copyOf(swapped, side * side));
      var none = new Regions(new int[0], new int[0], new float[0]);
      assertThat(loaded.heads.masks(outputs, loaded.parameters(), none, new int[0])).isEmpty();
      assertThat(loaded.heads.boxes(outputs, loaded.parameters(), none).logits()).isEmpty();
    }
  }

  @Test
  void staysCloseInBfloat16() {
    var one = new Regions(new int[] {0}, new int[] {0}, new float[] {0, 0, 20, 20});
    DetectionNetwork network = network(8, 3);
    try (Loaded exact = new Loaded(network, FP32);
        Loaded rounded = new Loaded(network, BF16)) {
      Boxes wanted = exact.heads.boxes(exact.outputs(1), exact.parameters(), one);
      Boxes found = rounded.heads.boxes(rounded.outputs(1), rounded.parameters(), one);
      Golden.assertClose(
          "logits", found.logits(), wanted.logits(), 0.05 * Golden.largest(wanted.logits()));
      assertThat(found.logits()).isNotEqualTo(wanted.logits());
    }
  }

  @Test
  void tellsItsConfiguration() {
    assertThat(network(8, 0).configuration(DIVISION))
        .containsEntry("task", "detection")
        .containsEntry("num_classes", CLASSES)
        .containsKeys("head", "model_args", "taps", "window");
  }

  @Test
  void rejectsPatchesThatHaveNoWholeStrides() {
    assertThatThrownBy(() -> network(14, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot tell the places of maps of patches of side 14: expected a multiple of 4; resize"
                + " the patches' filters to 8 or 16");
  }

  @Test
  void rejectsRegionsWithoutBoxes() {
    assertThatThrownBy(() -> new Regions(new int[2], new int[2], new float[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot look at 2 regions: expected a level and 4 values of a box of each, got 2 and"
                + " 4");
  }

  @Test
  void rejectsTargetsThatDoNotFit() {
    var none = new Regions(new int[0], new int[0], new float[0]);
    assertThatThrownBy(
            () ->
                new DetectionTargets(
                    new float[3],
                    new float[4],
                    none,
                    new int[0],
                    new float[0],
                    new int[0],
                    new float[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot learn from 3 labels of anchors and 0 regions: expected 4 deltas of each"
                + " anchor, a class and 4 moves of each region, got 4, 0 and 0");
  }

  /** Targets of two images, with regions of these classes. */
  private static DetectionTargets targets(DetectionNetwork network, int... classes) {
    int anchors = 2 * anchors(network);
    var labels = new float[anchors];
    var deltas = new float[4 * anchors];
    for (int i = 0; i < anchors; i++) {
      labels[i] = i % 50 == 0 ? 1 : i % 30 == 0 ? 0 : -1;
      Arrays.fill(deltas, 4 * i, 4 * i + 4, 0.3f);
    }
    int count = classes.length;
    var regions = new Regions(new int[count], new int[count], new float[4 * count]);
    var moves = new float[4 * count];
    for (int i = 0; i < count; i++) {
      regions.images()[i] = i % 2;
      regions.levels()[i] = i;
      float[] box = {4 * i, 8, 4 * i + 30, 50};
      System.arraycopy(box, 0, regions.boxes(), 4 * i, 4);
      Arrays.fill(moves, 4 * i, 4 * i + 4, 0.5f);
    }
    int[] masked = IntStream.range(0, count).filter(i -> classes[i] < CLASSES).toArray();
    var masks = new float[masked.length * DetectionHead.MASK_SIDE * DetectionHead.MASK_SIDE];
    Arrays.fill(masks, 0, masks.length / 2, 1);
    return new DetectionTargets(labels, deltas, regions, classes, moves, masked, masks);
  }

  /** A network with its heads and fresh weights. */
  private static final class Loaded implements AutoCloseable {

    private final ModularNetwork network;
    private final NDManager manager;
    private final DetectionHeads heads;

    private Loaded(DetectionNetwork architecture, Compute compute) {
      List<Weights> weights = architecture.initialWeights(DIVISION, 1, "test");
      network = new ModularNetwork(architecture, DIVISION, weights, compute);
      manager = network.manager();
      heads = new DetectionHeads(architecture, manager, compute.arithmetic());
    }

    private Outputs outputs(int images) {
      var random = RandomStream.of(2);
      var values = new float[images * 3 * SIDE * SIDE];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      NDArray features = manager.create(values, new Shape(images, 3, SIDE, SIDE));
      for (NetworkModule module : network.modules()) {
        features = module.forward(features, true);
      }
      return new Outputs(features, SIDE, SIDE);
    }

    private Losses losses(DetectionTargets targets) {
      return heads.losses(outputs(2), parameters(), targets);
    }

    private NDList parameters() {
      return network.modules().get(1).parameters();
    }

    private NDList trained() {
      var arrays = new NDList();
      network.modules().forEach(m -> m.trainable().forEach(each -> arrays.add(each.array())));
      return arrays;
    }

    @Override
    public void close() {
      network.close();
    }
  }
}
