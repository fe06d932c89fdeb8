package io.deepincubation.core.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.ParameterSpec.Role;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResidualNetworkTest {

  private static final ResidualNetwork SMALL = new ResidualNetwork(8, 4, 5);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 1, 2));
  private static final Compute FP32 = new Compute(Device.cpu(), Arithmetic.FP32, 1);
  private static final Compute BF16 = new Compute(Device.cpu(), Arithmetic.BF16, 1);
  private static final int IMAGES = 6;

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @Test
  void hasThePaperSizeOfResNet110() {
    var network = new ResidualNetwork(32, 16, 10);
    var division = new ModularDivision(List.of(18, 18, 18));
    List<ParameterSpec> specs = specs(network, division);

    long trained =
        specs.stream()
            .filter(spec -> spec.role() != Role.BUFFER)
            .mapToLong(ParameterSpec::size)
            .sum();
    long layers =
        specs.stream()
            .filter(spec -> spec.shape().dimension() > 1 && !spec.name().contains("downsample"))
            .count();

    assertThat(trained).isEqualTo(1_730_714);
    assertThat(layers).isEqualTo(110);
  }

  @Test
  void countsTheOperationsOfResNet110() {
    var network = new ResidualNetwork(32, 16, 10);
    var division = new ModularDivision(List.of(18, 18, 18));

    double flops = IntStream.range(0, 3).mapToDouble(i -> network.forwardFlops(division, i)).sum();

    // 0.25 billion multiply-adds, of which each counts twice.
    assertThat(flops).isBetween(2 * 0.250e9, 2 * 0.256e9);
  }

  @Test
  void namesParametersAsTimmDoes() {
    List<String> names = specs(SMALL, DIVISION).stream().map(ParameterSpec::name).toList();

    assertThat(names).doesNotHaveDuplicates().startsWith("conv1.weight", "bn1.weight", "bn1.bias");
    assertThat(names).endsWith("fc.weight", "fc.bias");
    assertThat(names)
        .contains(
            "bn1.running_mean",
            "bn1.running_var",
            "layer1.1.conv2.weight",
            "layer2.0.downsample.0.weight",
            "layer2.0.downsample.1.running_var",
            "layer3.1.bn2.bias")
        .doesNotContain("layer1.0.downsample.0.weight", "layer3.1.downsample.0.weight");
  }

  @Test
  void decaysFiltersAndTheHeadAlone() {
    List<ParameterSpec> specs = specs(SMALL, DIVISION);

    assertThat(specs)
        .filteredOn(spec -> spec.role() == Role.DECAYED)
        .allMatch(spec -> spec.shape().dimension() > 1)
        .hasSize(1 + 2 * 5 + 2 + 1);
    assertThat(specs)
        .filteredOn(spec -> spec.role() == Role.BUFFER)
        .allMatch(spec -> spec.name().contains("running"));
  }

  @Test
  void rejectsADivisionThatIsNotItsGroups() {
    assertThatThrownBy(() -> SMALL.parameters(new ModularDivision(List.of(1, 1)), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot divide a residual network as (1,1): expected 3 modules, one a group of equal"
                + " width, got 2");
  }

  @Test
  void rejectsNoChannels() {
    assertThatThrownBy(() -> new ResidualNetwork(32, 0, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("images of side 32 with 0 channels");
  }

  @Test
  void givesFeaturesOfTheStatedShapes() {
    try (ModularNetwork network = network(FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      List<Shape> shapes = new ArrayList<>();
      NDArray features = images(manager);
      for (NetworkModule module : network.modules()) {
        features = module.forward(features, features, false);
        shapes.add(features.getShape());
      }
      assertThat(shapes)
          .containsExactly(new Shape(6, 4, 8, 8), new Shape(6, 8, 4, 4), new Shape(6, 5));
      for (int i = 0; i < 3; i++) {
        Shape[] inputs = {new Shape(IMAGES, 3, 8, 8)};
        assertThat(SMALL.block(DIVISION, i, FP32).getOutputShapes(inputs))
            .containsExactly(shapes.get(i));
      }
    }
  }

  @Test
  void hasTheGradientsOfFiniteDifferences() {
    try (ModularNetwork network = network(FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      network.modules().forEach(NetworkModule::train);
      backward(loss(network, manager));
      for (NetworkModule module : network.modules()) {
        checkGradients(network, manager, module);
      }
    }
  }

  /** Compares the derivative along each parameter's gradient with central differences. */
  private static void checkGradients(
      ModularNetwork network, NDManager manager, NetworkModule module) {
    for (NetworkModule.Trainable parameter : module.trainable()) {
      NDArray array = parameter.array();
      float[] values = array.toFloatArray();
      float[] gradient = array.getGradient().toFloatArray();
      double norm = norm(gradient);
      double step = 2e-3;
      double slope =
          (lossAt(network, manager, array, values, gradient, step / norm)
                  - lossAt(network, manager, array, values, gradient, -step / norm))
              / (2 * step);
      array.set(values);
      assertThat(slope).as(array.getName()).isCloseTo(norm, within(2e-3 + 0.02 * norm));
    }
  }

  private static double lossAt(
      ModularNetwork network,
      NDManager manager,
      NDArray array,
      float[] values,
      float[] direction,
      double step) {
    var moved = new float[values.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = (float) (values[i] + step * direction[i]);
    }
    array.set(moved);
    try (GradientMode mode = GradientMode.frozen()) {
      return loss(network, manager).getFloat();
    }
  }

  @Test
  void keepsTheStatisticsOfFrozenModules() {
    try (ModularNetwork network = network(FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      NDArray features = images(manager);
      List<Weights> before = network.weights();
      for (int i = 0; i < 3; i++) {
        features = network.modules().get(i).forward(features, features, i == 1);
      }
      assertThat(values(network, 0)).isEqualTo(values(before.get(0)));
      assertThat(values(network, 2)).isEqualTo(values(before.get(2)));
      assertThat(network.weights(1).tensor("layer2.0.bn1.running_mean").values())
          .isNotEqualTo(before.get(1).tensor("layer2.0.bn1.running_mean").values());
      assertThat(network.weights(1).tensor("layer2.0.conv1.weight").values())
          .isEqualTo(before.get(1).tensor("layer2.0.conv1.weight").values());
    }
  }

  @Test
  void movesRunningStatisticsATenthOfTheWayToTheBatch() {
    try (ModularNetwork network = network(FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      Weights before = network.weights(0);
      NDArray images = images(manager);
      network.modules().get(0).forward(images, images, true);
      float[] once = network.weights(0).tensor("bn1.running_mean").values();
      network.modules().get(0).forward(images, images, true);
      float[] twice = network.weights(0).tensor("bn1.running_mean").values();
      float[] start = before.tensor("bn1.running_mean").values();
      for (int i = 0; i < once.length; i++) {
        double batch = start[i] + (once[i] - start[i]) / 0.1;
        assertThat((double) twice[i]).isCloseTo(0.9 * once[i] + 0.1 * batch, within(1e-6));
      }
    }
  }

  @Test
  void staysCloseInBfloat16() {
    try (ModularNetwork exact = network(FP32);
        ModularNetwork rounded = network(BF16);
        GradientMode mode = GradientMode.frozen();
        NDManager manager = exact.manager().newSubManager()) {
      float[] wanted = exact.evaluate(images(manager)).toFloatArray();
      float[] found = rounded.evaluate(images(manager)).toFloatArray();
      double worst = 0;
      for (int i = 0; i < wanted.length; i++) {
        worst = Math.max(worst, Math.abs((double) wanted[i] - found[i]));
      }
      assertThat(worst).isPositive().isLessThan(0.05 * norm(wanted));
    }
  }

  @Test
  void pointsTheSameWayInBfloat16() {
    float[] wanted = stemGradient(FP32);
    float[] found = stemGradient(BF16);

    double product = 0;
    for (int i = 0; i < wanted.length; i++) {
      product += (double) wanted[i] * found[i];
    }
    assertThat(product / (norm(wanted) * norm(found))).isBetween(0.98, 1 - 1e-9);
  }

  /** The gradient of the first module's first filters, which went through the whole network. */
  private static float[] stemGradient(Compute compute) {
    try (ModularNetwork network = network(compute);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.recording()) {
      network.modules().forEach(NetworkModule::train);
      backward(loss(network, manager));
      return network.modules().get(0).trainable().get(0).array().getGradient().toFloatArray();
    }
  }

  private static void backward(NDArray loss) {
    NDArray one = loss.getManager().ones(new Shape());
    JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
  }

  private static List<ParameterSpec> specs(Architecture network, ModularDivision division) {
    return IntStream.range(0, division.moduleCount())
        .mapToObj(i -> network.parameters(division, i))
        .flatMap(List::stream)
        .toList();
  }

  private static ModularNetwork network(Compute compute) {
    List<Weights> weights = IntStream.range(0, 3).mapToObj(i -> unevenWeights(i)).toList();
    return new ModularNetwork(SMALL, DIVISION, weights, compute);
  }

  /** Initial weights whose norms are not all ones and zeros. */
  private static Weights unevenWeights(int moduleIndex) {
    var tensors = new LinkedHashMap<String, Weights.Tensor>();
    var random = RandomStream.of(3, moduleIndex);
    SMALL
        .initialWeights(DIVISION, moduleIndex, 7, "test")
        .tensors()
        .forEach((name, tensor) -> tensors.put(name, shaken(tensor, random)));
    return new Weights(tensors);
  }

  private static Weights.Tensor shaken(Weights.Tensor tensor, RandomStream random) {
    float[] values = tensor.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) (0.2 * random.nextDouble());
    }
    return new Weights.Tensor(tensor.shape(), values);
  }

  private static NDArray images(NDManager manager) {
    return manager.create(gaussian(IMAGES * 3 * 8 * 8, 1), new Shape(IMAGES, 3, 8, 8));
  }

  /** A smooth loss at the output of the network in training mode. */
  private static NDArray loss(ModularNetwork network, NDManager manager) {
    NDArray features = images(manager);
    for (NetworkModule module : network.modules()) {
      features = module.forward(features, features, true);
    }
    NDArray directions = manager.create(gaussian(IMAGES * 5, 2), new Shape(IMAGES, 5));
    return features.mul(directions).sum();
  }

  private static float[] gaussian(int size, long seed) {
    var random = RandomStream.of(seed);
    var values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  private static List<List<Float>> values(ModularNetwork network, int moduleIndex) {
    return values(network.weights(moduleIndex));
  }

  private static List<List<Float>> values(Weights weights) {
    return weights.tensors().values().stream()
        .map(tensor -> Arrays.stream(boxed(tensor.values())).toList())
        .toList();
  }

  private static Float[] boxed(float[] values) {
    var boxed = new Float[values.length];
    Arrays.setAll(boxed, i -> values[i]);
    return boxed;
  }
}
