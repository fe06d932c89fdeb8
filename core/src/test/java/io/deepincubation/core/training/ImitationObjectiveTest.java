package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.BlockArchitecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Passes.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImitationObjectiveTest {

  private static final int CLASSES = 5;
  private static final int IMAGES = 8;
  private static final VisionTransformer VIT = new VisionTransformer(16, 4, 32, 2, CLASSES, 1e-6);
  private static final ResidualNetwork RESNET = new ResidualNetwork(16, 4, CLASSES);
  private static final ModularDivision TARGET = new ModularDivision(List.of(2, 3, 2));
  private static final ModularDivision META = new ModularDivision(List.of(1, 1, 1));
  private static final OptimizerRecipe SGD =
      new OptimizerRecipe(OptimizerRecipe.Rule.SGD, 0.1, 0, 0, 0, 0, 0);

  private static Stream<Arguments> modules() {
    return Stream.of(VIT, RESNET)
        .flatMap(architecture -> Stream.of(0, 1, 2).map(i -> Arguments.of(architecture, i)));
  }

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @Test
  void losesNothingWhereTheModuleIsTheMetaModule() {
    List<Weights> meta = VIT.initialWeights(META, 1, "meta");
    List<Weights> modules = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      try (var network = new ModularNetwork(VIT, META, meta, compute(Arithmetic.FP32))) {
        var objective =
            new ImitationObjective(
                network, Passes.classification(network), i, META, meta.get(i), StochasticDepth.OFF);

        Pass pass = Passes.gather(network, objective, batch(VIT));
        assertThat(pass.loss()).isZero();
        assertThat(pass.gradients().values())
            .allSatisfy(gradient -> assertThat(gradient).containsOnly(0f));

        step(network, objective);
        modules.add(network.weights(i));
      }
    }
    assertThat(logits(modules)).isEqualTo(logits(meta));
  }

  private static float[] logits(List<Weights> modules) {
    try (var network = new ModularNetwork(VIT, META, modules, compute(Arithmetic.FP32));
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      return network
          .evaluate(manager.create(batch(VIT).inputs(), new Shape(IMAGES, 3, 16, 16)))
          .toFloatArray();
    }
  }

  private static void step(ModularNetwork network, Objective objective) {
    var optimizer =
        new Optimizer(
            network.manager(),
            List.of(objective.trained().get(0).trainable()),
            SGD,
            0,
            1,
            Lanes.of(compute(Arithmetic.FP32), 1, 1));
    try (NDManager manager = network.manager().newSubManager()) {
      Batch batch = Passes.noise(network.architecture(), IMAGES, 21);
      objective.gather(
          new StepPart(Passes.images(manager, objective, batch), Passes.targets(manager, batch)),
          Passes.key(IMAGES),
          optimizer.sums(0),
          1);
      optimizer.finishPass(0.1);
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void modulesAfterItAndTargetsDoNotMatter(Architecture architecture, int moduleIndex) {
    List<Weights> weights = hybrid(architecture, moduleIndex);
    Pass before = pass(architecture, moduleIndex, weights, batch(architecture));
    for (int after = moduleIndex + 1; after < 3; after++) {
      weights.set(after, architecture.initialWeights(META, after, 9, "other"));
    }
    Batch batch = batch(architecture);
    var others = new Batch(batch.inputs(), new float[IMAGES * CLASSES], IMAGES);

    Pass with = pass(architecture, moduleIndex, weights, others);

    assertThat(before.loss()).isPositive();
    assertThat(with.loss()).isEqualTo(before.loss());
    assertThat(with.distance(before)).isZero();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void changesTheModuleAloneAndLeavesItsHead(Architecture architecture, int moduleIndex) {
    List<Weights> weights = hybrid(architecture, moduleIndex);
    ModularDivision division = META.hybrid(TARGET, moduleIndex);
    try (var network =
        new ModularNetwork(architecture, division, weights, compute(Arithmetic.FP32))) {
      List<Weights> before = network.weights();

      step(network, objective(network, moduleIndex));

      for (int k = 0; k < 3; k++) {
        Weights after = network.weights(k);
        int trained = k == moduleIndex ? architecture.trunk(division, k).specs().size() : 0;
        int position = 0;
        for (var tensor : before.get(k).tensors().entrySet()) {
          float[] found = after.tensor(tensor.getKey()).values();
          if (position++ >= trained) {
            assertThat(found).as(tensor.getKey()).isEqualTo(tensor.getValue().values());
          } else if (!tensor.getKey().endsWith("bias")) {
            assertThat(found).as(tensor.getKey()).isNotEqualTo(tensor.getValue().values());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void bfloat16TracksFloat32(Architecture architecture, int moduleIndex) {
    List<Weights> weights = hybrid(architecture, moduleIndex);
    ModularDivision division = META.hybrid(TARGET, moduleIndex);
    double exact = pass(architecture, moduleIndex, weights, batch(architecture)).loss();
    try (var network =
        new ModularNetwork(architecture, division, weights, compute(Arithmetic.BF16))) {
      Objective objective = objective(network, moduleIndex);

      double rounded = Passes.gather(network, objective, batch(architecture)).loss();

      assertThat(rounded).isCloseTo(exact, within(0.02 * exact));
    }
  }

  @Test
  void dropsBranchesOfTheModuleAlone() {
    List<Weights> weights = hybrid(VIT, 1);
    ModularDivision division = META.hybrid(TARGET, 1);
    var depth = new StochasticDepth(0.5);
    try (var network = new ModularNetwork(VIT, division, weights, compute(Arithmetic.FP32))) {
      Weights meta = VIT.initialWeights(META, 1, 1, "meta");
      var dropping =
          new ImitationObjective(network, Passes.classification(network), 1, META, meta, depth);
      var whole =
          new ImitationObjective(
              network, Passes.classification(network), 1, META, meta, StochasticDepth.OFF);

      double loss = Passes.gather(network, dropping, batch(VIT)).loss();

      assertThat(Passes.gather(network, dropping, batch(VIT)).loss()).isEqualTo(loss);
      assertThat(Passes.gather(network, whole, batch(VIT)).loss()).isNotEqualTo(loss);
    }
  }

  @Test
  void refusesTheLastModuleOfAUsersOwnBlocks() {
    var blocks =
        new BlockArchitecture(
            new Shape(1, 4, 4),
            CLASSES,
            (ofDivision, moduleIndex) ->
                new SequentialBlock()
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(CLASSES).build()));
    var division = new ModularDivision(List.of(1, 1));
    List<Weights> weights = blocks.initialWeights(division, 1, "meta");
    try (var network = new ModularNetwork(blocks, division, weights, compute(Arithmetic.FP32))) {
      new ImitationObjective(
          network,
          Passes.classification(network),
          0,
          division,
          weights.get(0),
          StochasticDepth.OFF);
      assertThatThrownBy(
              () ->
                  new ImitationObjective(
                      network,
                      Passes.classification(network),
                      1,
                      division,
                      weights.get(1),
                      StochasticDepth.OFF))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Cannot tell the head of module 1 from the rest: expected a vision transformer or a"
                  + " residual network, got BlockArchitecture");
    }
  }

  /** The meta model with a fresh target module. */
  private static List<Weights> hybrid(Architecture architecture, int moduleIndex) {
    var weights = new ArrayList<>(architecture.initialWeights(META, 1, "meta"));
    weights.set(moduleIndex, architecture.initialWeights(TARGET, moduleIndex, 1, "target"));
    return weights;
  }

  private static Objective objective(ModularNetwork network, int moduleIndex) {
    Weights meta = network.architecture().initialWeights(META, moduleIndex, 1, "meta");
    return new ImitationObjective(
        network, Passes.classification(network), moduleIndex, META, meta, StochasticDepth.OFF);
  }

  private static Pass pass(
      Architecture architecture, int moduleIndex, List<Weights> weights, Batch batch) {
    ModularDivision division = META.hybrid(TARGET, moduleIndex);
    try (var network =
        new ModularNetwork(architecture, division, weights, compute(Arithmetic.FP32))) {
      return Passes.gather(network, objective(network, moduleIndex), batch);
    }
  }

  private static Compute compute(Arithmetic arithmetic) {
    return new Compute(Device.cpu(), arithmetic, 1);
  }

  private static Batch batch(Architecture architecture) {
    return Passes.noise(architecture, IMAGES, 21);
  }
}
