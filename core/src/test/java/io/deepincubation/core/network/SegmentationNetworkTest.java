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
import io.deepincubation.core.network.Interpolation.Grid;
import io.deepincubation.core.network.ModularNetwork.BatchPart;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.ScriptProgram;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentationNetworkTest {

  private static final int IGNORED = 255;

  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final Compute BF16 = new Compute(Device.cpu(), Arithmetic.BF16, 1);
  private static final int CLASSES = 3;
  private static final int CROP = 32;
  private static final int IMAGES = 4;
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 3));
  private static final SegmentationHead UPERNET =
      new SegmentationHead(
          SegmentationHead.Kind.UPERNET, SegmentationHead.Neck.PYRAMID, 8, 4, MapNorm.BATCH, 0.1);
  private static final SegmentationHead FCN =
      new SegmentationHead(
          SegmentationHead.Kind.FCN, SegmentationHead.Neck.NONE, 8, 0, MapNorm.LAYER, 0);

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  private static SegmentationNetwork network(SegmentationHead head, int patch) {
    var vit = new VisionTransformer(4 * patch, patch, 16, 2, 10, 1e-6);
    return new SegmentationNetwork(DenseBackbone.of(vit, 5), CLASSES, head, CROP);
  }

  private static ModularNetwork loaded(SegmentationNetwork network, Compute compute) {
    return new ModularNetwork(
        network, DIVISION, network.initialWeights(DIVISION, 1, "test"), compute);
  }

  @Test
  void doesAsMuchAsTheSmallSetupOnFacades() {
    var vit = new VisionTransformer(32, 8, 96, 3, 100, 1e-6);
    var head =
        new SegmentationHead(
            SegmentationHead.Kind.UPERNET,
            SegmentationHead.Neck.PYRAMID,
            64,
            64,
            MapNorm.BATCH,
            0.1);
    var network = new SegmentationNetwork(DenseBackbone.of(vit, 24), 10, head, 96);

    assertThat(3 * flops(network, ModularDivision.even(24, 4))).isCloseTo(3.7e9, within(0.2e9));
  }

  @Test
  void doesAsMuchAsUperNetOnVitLarge() {
    var vit = new VisionTransformer(224, 16, 1024, 16, 1000, 1e-6);
    var network =
        new SegmentationNetwork(DenseBackbone.of(vit, 24), 150, SegmentationHead.UPERNET, 512);

    assertThat(3 * flops(network, ModularDivision.even(24, 4))).isCloseTo(3.7e12, within(0.2e12));
  }

  private static double flops(SegmentationNetwork network, ModularDivision division) {
    return IntStream.range(0, division.moduleCount())
        .mapToDouble(i -> network.forwardFlops(division, i))
        .sum();
  }

  @Test
  void hasTheBackbonesParametersFirstAndNoClassifierOfImages() {
    SegmentationNetwork network = network(UPERNET, 8);
    List<String> last = network.parameters(DIVISION, 1).stream().map(ParameterSpec::name).toList();

    assertThat(network.parameters(DIVISION, 0))
        .isEqualTo(network.backbone().transformer().parameters(DIVISION, 0));
    assertThat(last)
        .startsWith("blocks.2.norm1.weight")
        .contains("neck.up2.weight", "head.ppm.3.norm.running_mean", "head.classify.bias")
        .endsWith("aux.classify.weight", "aux.classify.bias")
        .doesNotContain("norm.weight", "head.weight")
        .doesNotHaveDuplicates();
    assertThat(network.parameters(DIVISION, 1))
        .allMatch(spec -> (spec.shape().dimension() > 1) == (spec.role() == Role.DECAYED))
        .allMatch(spec -> spec.name().contains("running") == (spec.role() == Role.BUFFER));
  }

  @Test
  void drawsInitialWeightsAsTheReferenceDoes() {
    var vit = new VisionTransformer(32, 8, 96, 3, 100, 1e-6);
    var head =
        new SegmentationHead(
            SegmentationHead.Kind.UPERNET,
            SegmentationHead.Neck.PYRAMID,
            64,
            0,
            MapNorm.BATCH,
            0.1);
    var network = new SegmentationNetwork(DenseBackbone.of(vit, 5), 150, head, CROP);
    Weights weights = network.initialWeights(DIVISION, 1, 1, "test");

    assertThat(deviation(weights, "head.fuse.conv.weight"))
        .isCloseTo(Math.sqrt(2.0 / (9 * 64)), within(1e-3));
    assertThat(deviation(weights, "head.classify.weight")).isCloseTo(0.01, within(4e-4));
    assertThat(deviation(weights, "neck.up2.weight"))
        .isCloseTo(Math.sqrt(2.0 / (4 * 96)), within(1e-3));
    assertThat(weights.tensor("head.classify.bias").values()).containsOnly(0);
  }

  private static double deviation(Weights weights, String name) {
    float[] values = weights.tensor(name).values();
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @ParameterizedTest
  @EnumSource(SegmentationHead.Neck.class)
  void learnsAFewImagesByHeart(SegmentationHead.Neck neck) {
    var head = new SegmentationHead(SegmentationHead.Kind.UPERNET, neck, 8, 4, MapNorm.BATCH, 0);
    assertLearns(network(head, 8));
  }

  @Test
  void learnsWithTheLeanHead() {
    assertLearns(network(FCN, 8));
  }

  /** All parameters have gradients, and steps along them lose less. */
  private static void assertLearns(SegmentationNetwork network) {
    try (ModularNetwork loaded = loaded(network, FP32);
        GradientMode mode = GradientMode.recording()) {
      loaded.modules().forEach(NetworkModule::train);
      var program = ScriptProgram.load(loaded.manager(), network.loss(IGNORED).forward());
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 6; step++) {
        try (NDManager manager = loaded.manager().newSubManager()) {
          NDArray loss = loss(loaded, program, manager);
          losses.add((double) loss.getFloat());
          descend(loaded, loss);
        }
      }
      assertThat(losses.get(5)).isLessThan(losses.get(0) - 0.01);
    }
  }

  private static NDArray loss(ModularNetwork loaded, ScriptProgram program, NDManager manager) {
    NDArray outputs = images(manager, IMAGES, CROP, CROP);
    for (NetworkModule module : loaded.modules()) {
      outputs = module.forward(outputs, true);
    }
    var labels = new float[IMAGES * CROP * CROP];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % CROP < 4 ? 255 : i / CROP % CROP * CLASSES / CROP;
    }
    NDArray targets = manager.create(labels, new Shape(IMAGES, CROP, CROP));
    return program.call(manager, "loss", new NDList(outputs, targets)).head();
  }

  private static void descend(ModularNetwork loaded, NDArray loss) {
    var arrays = new NDList();
    loaded.modules().forEach(m -> m.trainable().forEach(each -> arrays.add(each.array())));
    List<float[]> gradients = Autograd.gradients(loss, arrays);
    try (GradientMode mode = GradientMode.frozen()) {
      for (int i = 0; i < arrays.size(); i++) {
        float[] values = arrays.get(i).toFloatArray();
        float largest = Golden.largest(gradients.get(i));
        for (int j = 0; j < values.length && largest > 0; j++) {
          values[j] -= 0.01f * gradients.get(i)[j] / largest;
        }
        arrays.get(i).set(values);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void evaluatesImagesOfAnySize(int patch) {
    for (SegmentationHead head : List.of(UPERNET, FCN)) {
      SegmentationNetwork network = network(head, patch);
      int stride = head.equals(FCN) ? patch : 4;
      try (ModularNetwork loaded = loaded(network, FP32);
          NDManager manager = loaded.manager().newSubManager();
          GradientMode mode = GradientMode.frozen()) {
        for (Grid size : List.of(new Grid(100, 52), new Grid(5, 7))) {
          NDArray images = images(manager, 2, size.height(), size.width());
          NDArray logits = loaded.evaluate(images);
          int rows = network.padded(size.height()) / stride;
          int columns = network.padded(size.width()) / stride;
          assertThat(logits.getShape()).isEqualTo(new Shape(2, CLASSES, rows, columns));
          assertThat(logits.toFloatArray()).doesNotContain(Float.NaN);
        }
      }
    }
  }

  @Test
  void rejectsALeanHeadOnANeck() {
    assertThatThrownBy(
            () ->
                new SegmentationHead(
                    SegmentationHead.Kind.FCN,
                    SegmentationHead.Neck.PYRAMID,
                    8,
                    4,
                    MapNorm.BATCH,
                    0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot put a lean head on a neck: expected no neck, whose maps it would not read");
  }

  @Test
  void staysCloseInBfloat16() {
    SegmentationNetwork network = network(UPERNET, 8);
    try (ModularNetwork exact = loaded(network, FP32);
        ModularNetwork rounded = loaded(network, BF16);
        NDManager manager = exact.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      NDArray images = images(manager, 2, CROP, CROP);
      float[] wanted = exact.evaluate(images).toFloatArray();
      float[] found = rounded.evaluate(images).toFloatArray();
      Golden.assertClose("logits", found, wanted, 0.05 * Golden.largest(wanted));
      assertThat(found).isNotEqualTo(wanted);
    }
  }

  @Test
  void dropsChannelsByTheStepsDrawsBehindTheBranches() {
    SegmentationNetwork network = network(UPERNET, 8);
    try (ModularNetwork loaded = loaded(network, FP32);
        NDManager manager = loaded.manager().newSubManager()) {
      var whole = new BatchPart(manager, 4, new int[] {0, 1, 2, 3});
      var half = new BatchPart(manager, 4, new int[] {2, 3});
      float[] off = keep(loaded, StochasticDepth.OFF, whole);
      float[] dropping = keep(loaded, new StochasticDepth(0.5), whole);
      float[] part = keep(loaded, StochasticDepth.OFF, half);

      // Of three layers' two branches, 8 channels of the head and 4 of the auxiliary one.
      assertThat(off).hasSize((6 + 8 + 4) * 4);
      assertThat(Arrays.copyOf(off, 24)).containsOnly(1);
      assertThat(Arrays.copyOfRange(off, 24, off.length)).containsOnly(0, 1 / 0.9f);
      assertThat(dropping).hasSameSizeAs(off);
      assertThat(Arrays.copyOf(dropping, 24)).contains(0);
      for (int row = 0; row < 18; row++) {
        assertThat(Arrays.copyOfRange(part, 2 * row, 2 * row + 2))
            .isEqualTo(Arrays.copyOfRange(off, 4 * row + 2, 4 * row + 4));
      }
    }
  }

  private static float[] keep(ModularNetwork loaded, StochasticDepth depth, BatchPart part) {
    return loaded.keep(1, depth, part, RandomStream.of(5)).toFloatArray();
  }

  @Test
  void aDroppedChannelIsNotSeen() {
    SegmentationNetwork network = network(UPERNET, 8);
    try (ModularNetwork loaded = loaded(network, FP32);
        NDManager manager = loaded.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var scales = new float[18];
      Arrays.fill(scales, 0, 6, 1);
      NDArray features = loaded.modules().get(0).forward(images(manager, 1, CROP, CROP), false);
      NDArray keep = manager.create(scales, new Shape(18, 1));
      float[] logits = loaded.modules().get(1).forward(features, keep, true).toFloatArray();
      assertThat(logits).as("without channels, the biases alone").containsOnly(0);
    }
  }

  @Test
  void computesABatchWithBatchNormInOnePlace() {
    assertThat(network(UPERNET, 8).imagesAtOnce()).isEqualTo(Integer.MAX_VALUE);
    assertThat(network(FCN, 8).imagesAtOnce()).isEqualTo(2080 / 17);
  }

  @Test
  void tellsItsConfiguration() {
    assertThat(network(UPERNET, 8).configuration(DIVISION))
        .containsEntry("task", "segmentation")
        .containsEntry("num_classes", CLASSES)
        .containsEntry("taps", List.of(2, 3, 4, 5))
        .containsKeys("head", "model_args", "division");
  }

  @Test
  void rejectsCropsThatAreNoWholePatches() {
    var vit = new VisionTransformer(32, 8, 16, 2, 10, 1e-6);
    assertThatThrownBy(
            () -> new SegmentationNetwork(DenseBackbone.of(vit, 5), CLASSES, UPERNET, 36))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot train on crops of side 36: expected a multiple of the patches' 8");
  }

  @Test
  void rejectsGroupsThatDoNotDivideTheChannels() {
    var head =
        new SegmentationHead(
            SegmentationHead.Kind.UPERNET,
            SegmentationHead.Neck.NONE,
            8,
            4,
            new MapNorm(MapNorm.Kind.GROUP, 3),
            0.1);
    SegmentationNetwork network = network(head, 8);
    assertThatThrownBy(() -> network.parameters(DIVISION, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot norm 8 channels in 3 groups: expected a divisor");
    assertThat(MapNorm.groups(512).groups()).isEqualTo(32);
    assertThat(MapNorm.groups(64).groups()).isEqualTo(8);
  }

  private static NDArray images(NDManager manager, int count, int height, int width) {
    var random = RandomStream.of(2);
    var values = new float[count * 3 * height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return manager.create(values, new Shape(count, 3, height, width));
  }
}
