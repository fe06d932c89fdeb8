package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NetworkModule.Trainable;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.recipe.OptimizerRecipe.Rule;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The update rules on given gradients, against the official code and against plain loops. */
class OptimizerTest {

  // Three times fp32's rounding, relative to a tensor's largest entry.
  private static final double TOLERANCE = 1e-6;
  private static final List<String> NAMES = List.of("w1", "w2", "wzero", "b1", "pos");
  private static final Set<String> UNDECAYED = Set.of("b1", "pos");
  private static final double DECAY = 0.05;
  private static final int STEPS = 3;
  private static final double[] GRADIENT_NORMS = {
    13.108054161071777, 3.9491019248962402, 0.13226903975009918
  };

  private final Weights golden = golden();
  private final NDManager manager = TorchEngine.newManager(Device.cpu());
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private int passes = 1;

  @BeforeEach
  void makeParameters() {
    TorchEngine.useThreads(1);
    for (String name : NAMES) {
      NDArray array = array(manager, golden.tensor("param." + name));
      array.setRequiresGradient(true);
      parameters.put(name, array);
    }
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void adamWMatchesTheOfficialCode() {
    var recipe = new OptimizerRecipe(Rule.ADAMW, 1e-3, DECAY, 0.9, 0.999, 1e-8, 0);
    Optimizer optimizer = optimizer(recipe, 0, 1);

    for (int step = 1; step <= STEPS; step++) {
      backward(optimizer, step, 1e-3);
      assertMatches("adamw.step" + step);
    }
  }

  @Test
  void lambMatchesTheOfficialCode() {
    lambMatches(1e-6, "lamb");
  }

  @Test
  void lambMatchesTheOfficialCodeWithASmallEpsilon() {
    lambMatches(1e-8, "lamb_eps1e8");
  }

  private void lambMatches(double epsilon, String name) {
    var recipe = new OptimizerRecipe(Rule.LAMB, 1e-2, DECAY, 0.9, 0.999, epsilon, 0);
    Optimizer optimizer = optimizer(recipe, 0, 1);

    for (int step = 1; step <= STEPS; step++) {
      backward(optimizer, step, 1e-2);
      assertMatches(name + ".step" + step);
    }
  }

  @Test
  void nesterovMomentumMatchesAPlainLoop() {
    var recipe = new OptimizerRecipe(Rule.SGD, 0.1, DECAY, 0, 0, 0, 0.9);
    Optimizer optimizer = optimizer(recipe, 0, 1);
    Map<String, double[]> values = goldenParameters();
    Map<String, double[]> velocities = new LinkedHashMap<>();

    for (int step = 1; step <= STEPS; step++) {
      backward(optimizer, step, 0.1);
      int current = step;
      values.forEach(
          (name, array) -> {
            double decay = UNDECAYED.contains(name) ? 0 : DECAY;
            double[] velocity = velocities.computeIfAbsent(name, key -> new double[array.length]);
            nesterov(array, velocity, gradient(current, name), decay);
          });
    }
    values.forEach(this::assertMatches);
  }

  private NDArray parameter(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  private static void nesterov(double[] values, double[] velocity, float[] gradient, double decay) {
    for (int i = 0; i < values.length; i++) {
      double slope = gradient[i] + decay * values[i];
      velocity[i] = 0.9 * velocity[i] + slope;
      values[i] -= 0.1 * (slope + 0.9 * velocity[i]);
    }
  }

  @Test
  void descendsPlainlyWithoutMomentum() {
    Optimizer optimizer = optimizer(plainDescent(), 0, 1);
    Map<String, double[]> values = goldenParameters();

    backward(optimizer, 1, 0.5);

    values.forEach((name, array) -> descend(array, gradient(1, name), 0.5));
    values.forEach(this::assertMatches);
  }

  @Test
  void clipsToTheGlobalNorm() {
    Optimizer optimizer = optimizer(plainDescent(), 2, 1);
    Map<String, double[]> values = goldenParameters();

    for (int step = 1; step <= STEPS; step++) {
      double scale = Math.min(1, 2 / (GRADIENT_NORMS[step - 1] + 1e-6));
      int current = step;
      backward(optimizer, step, 0.5);
      values.forEach((name, array) -> descend(array, gradient(current, name), 0.5 * scale));
    }
    values.forEach(this::assertMatches);
  }

  @Test
  void clipsEachGroupToItsOwnNorm() {
    List<List<String>> groups = List.of(NAMES.subList(0, 2), NAMES.subList(2, NAMES.size()));
    Optimizer optimizer = optimizer(groups, plainDescent(), 0.5, 1);
    Map<String, double[]> values = goldenParameters();

    backward(optimizer, 1, 0.5);

    for (List<String> group : groups) {
      double scale = Math.min(1, 0.5 / (norm(group) + 1e-6));
      assertThat(scale).isLessThan(1);
      group.forEach(name -> descend(value(values, name), gradient(1, name), 0.5 * scale));
    }
    values.forEach(this::assertMatches);
  }

  private static double[] value(Map<String, double[]> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private double norm(List<String> names) {
    double squares = 0;
    for (String name : names) {
      for (float slope : gradient(1, name)) {
        squares += slope * (double) slope;
      }
    }
    return Math.sqrt(squares);
  }

  @Test
  void averagesTheGradientsThatItAccumulates() {
    Optimizer optimizer = optimizer(plainDescent(), 0, 2);
    Map<String, double[]> values = goldenParameters();

    for (int step = 0; step < 2; step++) {
      backward(optimizer, 1, 0.5);
      backward(optimizer, 2, 0.5);
      values.forEach((name, array) -> descend(array, gradient(1, name), 0.25));
      values.forEach((name, array) -> descend(array, gradient(2, name), 0.25));
    }
    values.forEach(this::assertMatches);
  }

  @Test
  void changesNothingBeforeAnAccumulationIsFull() {
    Optimizer optimizer = optimizer(plainDescent(), 0, 2);

    backward(optimizer, 1, 0.5);

    goldenParameters().forEach(this::assertMatches);
  }

  @Test
  void clipsTheAverageOfAnAccumulation() {
    Optimizer optimizer = optimizer(plainDescent(), 2, 2);
    Map<String, double[]> values = goldenParameters();

    backward(optimizer, 1, 0.5);
    backward(optimizer, 1, 0.5);

    double scale = 2 / GRADIENT_NORMS[0];
    values.forEach((name, array) -> descend(array, gradient(1, name), 0.5 * scale));
    values.forEach(this::assertMatches);
  }

  @Test
  void takesTheTotalOfTheMeanLosses() {
    Optimizer one = optimizer(plainDescent(), 0, 1);
    double first = backward(one, 1, 0);
    double second = backward(one, 2, 0);
    assertThat(one.takeTotalLoss()).isCloseTo(first + second, within(1e-4));
    assertThat(one.takeTotalLoss()).isZero();

    Optimizer two = optimizer(plainDescent(), 0, 2);
    backward(two, 1, 0);
    backward(two, 2, 0);
    assertThat(two.takeTotalLoss()).isCloseTo((first + second) / 2, within(1e-4));
  }

  @Test
  void goesOnFromKeptStateInTheSameBits() {
    var recipe = new OptimizerRecipe(Rule.LAMB, 1e-2, DECAY, 0.9, 0.999, 1e-6, 0);
    Optimizer straight = optimizer(recipe, 0, 1);
    backward(straight, 1, 1e-2);
    var state = new Weights(straight.state(new TensorCopies()));
    Map<String, float[]> kept = values();
    backward(straight, 2, 1e-2);
    Map<String, float[]> wanted = values();

    try (GradientMode mode = GradientMode.frozen()) {
      kept.forEach((name, values) -> parameter(name).set(values));
    }
    Optimizer resumed = optimizer(recipe, 0, 1);
    resumed.restore(state);
    backward(resumed, 2, 1e-2);

    values().forEach((name, values) -> assertThat(values).as(name).isEqualTo(wanted.get(name)));
  }

  private static OptimizerRecipe plainDescent() {
    return new OptimizerRecipe(Rule.SGD, 0.5, 0, 0, 0, 0, 0);
  }

  private static void descend(double[] values, float[] gradient, double rate) {
    for (int i = 0; i < values.length; i++) {
      values[i] -= rate * gradient[i];
    }
  }

  private Optimizer optimizer(OptimizerRecipe recipe, double clipNorm, int accumulation) {
    return optimizer(List.of(NAMES), recipe, clipNorm, accumulation);
  }

  private Optimizer optimizer(
      List<List<String>> groups, OptimizerRecipe recipe, double clipNorm, int accumulation) {
    List<List<Trainable>> trained =
        groups.stream().map(group -> group.stream().map(this::trainable).toList()).toList();
    passes = accumulation;
    var lane = Lanes.of(new Compute(Device.cpu(), Arithmetic.FP32, 1), 1, 1);
    return new Optimizer(manager, trained, recipe, clipNorm, accumulation, lane);
  }

  private Trainable trainable(String name) {
    return new Trainable(parameter(name), !UNDECAYED.contains(name), /* rate= */ 1);
  }

  /** A step on the loss sum(p * g), whose gradient is g. */
  private double backward(Optimizer optimizer, int step, double rate) {
    try (NDManager pass = manager.newSubManager();
        GradientMode mode = GradientMode.recording()) {
      NDArray loss = pass.zeros(new Shape());
      for (String name : NAMES) {
        NDArray gradient = array(pass, golden.tensor(gradientName(step, name)));
        NDArray product = gradient.mul(parameters.get(name));
        loss = loss.add(product.sum());
      }
      double value = loss.getFloat();
      optimizer.sums(0).addGradientsOf(loss, 1.0 / passes);
      optimizer.finishPass(rate);
      return value;
    }
  }

  private float[] gradient(int step, String name) {
    return golden.tensor(gradientName(step, name)).values();
  }

  private static String gradientName(int step, String name) {
    return "grad.step" + step + "." + name;
  }

  private Map<String, double[]> goldenParameters() {
    Map<String, double[]> values = new LinkedHashMap<>();
    NAMES.forEach(name -> values.put(name, doubles(golden.tensor("param." + name).values())));
    return values;
  }

  private Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    parameters.forEach((name, array) -> values.put(name, array.toFloatArray()));
    return values;
  }

  private void assertMatches(String prefix) {
    for (String name : NAMES) {
      assertMatches(name, doubles(golden.tensor(prefix + "." + name).values()));
    }
  }

  private void assertMatches(String name, double[] wanted) {
    float[] found = parameter(name).toFloatArray();
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      worst = Math.max(worst, Math.abs(wanted[i] - found[i]));
    }
    assertThat(worst).as(name).isLessThanOrEqualTo(TOLERANCE * largest);
  }

  private static double[] doubles(float[] values) {
    var doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static NDArray array(NDManager manager, Weights.Tensor tensor) {
    var shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
    return manager.create(FloatBuffer.wrap(tensor.values()), shape);
  }

  private static Weights golden() {
    try (InputStream stream =
        OptimizerTest.class.getResourceAsStream("/golden/optim.safetensors")) {
      return Safetensors.read(Objects.requireNonNull(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
