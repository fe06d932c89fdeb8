package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.BlockArchitecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.NetworkModule;
import io.deepincubation.core.network.ParameterSpec;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.TensorCopies;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.script.GradientMode;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Passes.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalObjectiveTest {

  /** Classifiers' outputs do not depend on it. */
  private static final EvaluationBatch NO_BATCH =
      new EvaluationBatch(new float[0], new int[0], 0, 0);

  private static final int CLASSES = 5;
  private static final int IMAGES = 8;
  private static final double NOISE = 1e-5;
  private static final VisionTransformer VIT = new VisionTransformer(16, 4, 32, 2, CLASSES, 1e-6);
  private static final ResidualNetwork RESNET = new ResidualNetwork(16, 4, CLASSES);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(2, 1, 2));
  private static final LocalLosses DGL = LocalLosses.dgl(3);
  private static final LocalLosses INFOPRO =
      LocalLosses.infoPro(List.of(5.0, 1.0), List.of(0.5, 1.0));
  private static final StochasticDepth DEPTH = new StochasticDepth(0.3);

  private static List<Architecture> architectures() {
    return List.of(VIT, RESNET);
  }

  @BeforeEach
  void useOneThread() {
    TorchEngine.useThreads(1);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void noGradientCrossesABoundary(Architecture architecture) {
    List<Weights> weights = architecture.initialWeights(DIVISION, 1, "test");
    Pass before = pass(architecture, DIVISION, weights, INFOPRO);
    for (int k = 0; k < 2; k++) {
      List<Weights> changed = new ArrayList<>(weights);
      for (int after = k + 1; after < 3; after++) {
        changed.set(after, architecture.initialWeights(DIVISION, after, 2, "other"));
      }

      Pass with = pass(architecture, DIVISION, changed, INFOPRO);

      for (String name : names(architecture, k)) {
        assertThat(with.gradient(name)).as(name).isEqualTo(before.gradient(name));
      }
      String later = names(architecture, k + 1).get(0);
      assertThat(with.gradient(later)).isNotEqualTo(before.gradient(later));
    }
  }

  /** What is trained with module k. */
  private static List<String> names(Architecture architecture, int k) {
    var names = new ArrayList<String>();
    try (ModularNetwork network = network(architecture, Arithmetic.FP32)) {
      var objective =
          new LocalObjective(network, Passes.classification(network), INFOPRO, DEPTH, 3);
      for (NetworkModule module : objective.groups().get(k)) {
        module.specs().stream()
            .filter(spec -> spec.role() != ParameterSpec.Role.BUFFER)
            .forEach(spec -> names.add(spec.name()));
      }
    }
    return names;
  }

  @Test
  void oneModuleIsTrainedEndToEnd() {
    var division = new ModularDivision(List.of(3));
    List<Weights> weights = VIT.initialWeights(division, 1, "test");

    Pass local = pass(VIT, division, weights, LocalLosses.dgl(1));

    try (var network = new ModularNetwork(VIT, division, weights, compute(Arithmetic.FP32))) {
      var endToEnd =
          new TaskObjective(
              network, Passes.classification(network), Set.of(0), DEPTH, /* recompute= */ false);
      Pass whole = Passes.gather(network, endToEnd, batch(VIT));
      assertThat(local.gradients()).containsOnlyKeys(whole.gradients().keySet());
      assertThat(local.distance(whole)).isLessThan(NOISE);
    }
  }

  @Test
  void oneModuleOfAUsersOwnBlocksIsTrainedEndToEnd() {
    var blocks = blocks();
    var division = new ModularDivision(List.of(1));
    List<Weights> weights = blocks.initialWeights(division, 1, "test");
    try (var one = new ModularNetwork(blocks, division, weights, compute(Arithmetic.FP32));
        var other = new ModularNetwork(blocks, division, weights, compute(Arithmetic.FP32))) {
      var endToEnd =
          new TaskObjective(
              one, Passes.classification(one), Set.of(0), DEPTH, /* recompute= */ false);
      var local =
          new LocalObjective(other, Passes.classification(other), LocalLosses.dgl(1), DEPTH, 3);

      Pass wanted = Passes.gather(one, endToEnd, batch(blocks));
      assertThat(Passes.gather(other, local, batch(blocks)).distance(wanted)).isZero();
    }
  }

  @Test
  void refusesSeveralModulesOfAUsersOwnBlocks() {
    var blocks = blocks();
    var division = new ModularDivision(List.of(1, 1));
    List<Weights> weights = blocks.initialWeights(division, 1, "test");
    try (var network = new ModularNetwork(blocks, division, weights, compute(Arithmetic.FP32))) {
      assertThatThrownBy(
              () ->
                  new LocalObjective(
                      network, Passes.classification(network), LocalLosses.dgl(2), DEPTH, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Cannot build an auxiliary network DGL_HEAD on module 0: expected a vision"
                  + " transformer or a residual network, got BlockArchitecture");
    }
  }

  private static BlockArchitecture blocks() {
    return new BlockArchitecture(
        new Shape(1, 4, 4),
        CLASSES,
        (ofDivision, moduleIndex) ->
            new SequentialBlock()
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(CLASSES).build()));
  }

  @Test
  void refusesLossesOfOtherModules() {
    try (ModularNetwork network = network(VIT, Arithmetic.FP32)) {
      assertThatThrownBy(
              () ->
                  new LocalObjective(
                      network, Passes.classification(network), LocalLosses.dgl(4), DEPTH, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Cannot train the modules of (2,1,2) by their own losses: expected losses of 3"
                  + " modules, got 4");
    }
  }

  @Test
  void infoProWithoutReconstructionIsDgl() {
    List<Weights> weights = VIT.initialWeights(DIVISION, 1, "test");
    var losses = LocalLosses.infoPro(List.of(0.0, 0.0), List.of(1.0, 1.0));

    Pass infoPro = pass(VIT, DIVISION, weights, losses);
    Pass dgl = pass(VIT, DIVISION, weights, DGL);

    assertThat(infoPro.gradients()).containsOnlyKeys(dgl.gradients().keySet());
    assertThat(infoPro.distance(dgl)).isZero();
  }

  @Test
  void buildsNothingForFactorsOfZero() {
    var losses = LocalLosses.infoPro(List.of(5.0, 0.0), List.of(0.0, 1.0));
    try (ModularNetwork network = network(RESNET, Arithmetic.FP32)) {
      var objective = new LocalObjective(network, Passes.classification(network), losses, DEPTH, 3);

      List<String> first =
          objective.trained().stream().map(module -> module.specs().get(0).name()).toList();
      assertThat(first)
          .containsExactly(
              "conv1.weight",
              "aux.0.decoder.conv1.weight",
              "layer2.0.conv1.weight",
              "aux.1.head.conv1.weight",
              "layer3.0.conv1.weight");
      assertThat(Passes.gather(network, objective, batch(RESNET)).loss()).isPositive();
      try (NDManager manager = network.manager().newSubManager()) {
        NDArray images = Passes.images(manager, objective, batch(RESNET));
        assertThat(objective.outputs(images, NO_BATCH).heads()).containsOnlyKeys(1);
      }
    }
  }

  @Test
  void dropsTheBranchesThatEndToEndTrainingDrops() {
    try (ModularNetwork network = network(VIT, Arithmetic.FP32)) {
      var depth = new StochasticDepth(0.5);
      var endToEnd =
          new TaskObjective(
              network,
              Passes.classification(network),
              Set.of(0, 1, 2),
              depth,
              /* recompute= */ false);
      var local = new LocalObjective(network, Passes.classification(network), DGL, depth, 3);
      var found = new ArrayList<Float>();
      try (NDManager manager = network.manager().newSubManager();
          GradientMode mode = GradientMode.frozen()) {
        NDArray images = Passes.images(manager, local, batch(VIT));
        NDArray targets = Passes.targets(manager, batch(VIT));
        local.forEachModule(
            images,
            targets,
            Passes.key(IMAGES),
            (k, terms) -> found.add(Objects.requireNonNull(terms.task(), "loss").getFloat()));

        float wanted = endToEnd.loss(images, targets, Passes.key(IMAGES)).getFloat();

        assertThat(found).hasSize(3).endsWith(wanted);
      }
    }
  }

  @Test
  void lanesGiveTheGradientsOfOneLane() {
    Pass one = inLanes(1);
    Pass two = inLanes(2);

    assertThat(two.distance(one)).isLessThan(NOISE);
  }

  /** A pass in as many lanes as threads. */
  private static Pass inLanes(int threads) {
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, threads);
    List<Weights> weights = VIT.initialWeights(DIVISION, 1, "test");
    try (var network = new ModularNetwork(VIT, DIVISION, weights, compute)) {
      var objective =
          new LocalObjective(network, Passes.classification(network), INFOPRO, DEPTH, 3);
      try (var training =
          new TrainingStep(objective, network.manager(), recipe("adamw"), 0, compute)) {
        assertThat(training.lanes().count()).isEqualTo(threads);
        training.gather(Passes.noise(VIT, 32, 21), Passes.key(32));
        NDList sums = new NDList(training.optimizer().sums(0).gradients());
        for (int lane = 1; lane < threads; lane++) {
          for (int i = 0; i < sums.size(); i++) {
            sums.get(i).addi(training.optimizer().sums(lane).gradients().get(i));
          }
        }
        return Passes.pass(objective, training.optimizer().totalLoss(), sums);
      }
    }
  }

  private static Recipe recipe(String rule) {
    String optimizer = "optimizer: {rule: " + rule + ", weight-decay: 0, momentum: 0}";
    return RecipeYaml.parse("batch: {size: 32, accumulation: 1}\n" + optimizer, "test", List.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void clipsTheGradientsOfEachModuleByTheirOwnNorm(int threads) {
    double clipNorm = 1e-2;
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, threads);
    List<Weights> weights = VIT.initialWeights(DIVISION, 1, "test");
    try (var network = new ModularNetwork(VIT, DIVISION, weights, compute)) {
      var objective =
          new LocalObjective(network, Passes.classification(network), INFOPRO, DEPTH, 3);
      try (var training =
          new TrainingStep(objective, network.manager(), recipe("sgd"), clipNorm, compute)) {
        List<List<Weights>> before = weights(objective);
        training.gather(Passes.noise(VIT, 32, 21), Passes.key(32));
        training.update(1);

        List<List<Weights>> after = weights(objective);
        for (int k = 0; k < 3; k++) {
          assertThat(distance(before.get(k), after.get(k)))
              .isCloseTo(clipNorm, within(1e-3 * clipNorm));
        }
      }
    }
  }

  private static List<List<Weights>> weights(Objective objective) {
    return objective.groups().stream()
        .map(group -> group.stream().map(NetworkModule::weights).toList())
        .toList();
  }

  private static double distance(List<Weights> before, List<Weights> after) {
    double squares = 0;
    for (int i = 0; i < before.size(); i++) {
      for (var tensor : before.get(i).tensors().entrySet()) {
        float[] moved = after.get(i).tensor(tensor.getKey()).values();
        for (int n = 0; n < moved.length; n++) {
          squares += Math.pow((double) moved[n] - tensor.getValue().values()[n], 2);
        }
      }
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void bfloat16TracksFloat32(Architecture architecture) {
    for (LocalLosses losses : List.of(DGL, INFOPRO)) {
      double exact = lossAfterSteps(architecture, losses, Arithmetic.FP32);
      double rounded = lossAfterSteps(architecture, losses, Arithmetic.BF16);

      assertThat(rounded).isCloseTo(exact, within(0.02 * exact));
    }
  }

  private static double lossAfterSteps(
      Architecture architecture, LocalLosses losses, Arithmetic arithmetic) {
    try (ModularNetwork network = network(architecture, arithmetic)) {
      var objective = new LocalObjective(network, Passes.classification(network), losses, DEPTH, 3);
      try (var training =
          new TrainingStep(objective, network.manager(), recipe("adamw"), 1, compute(arithmetic))) {
        Batch batch = Passes.noise(architecture, 32, 21);
        for (int step = 0; step < 10; step++) {
          training.optimizer().takeTotalLoss();
          training.gather(batch, Passes.key(32));
          training.update(1e-3);
        }
        return training.optimizer().takeTotalLoss();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void goesOnFromKeptStateInTheSameBits(Architecture architecture) {
    List<Weights> straight = trained(architecture, /* interrupted= */ false);
    List<Weights> resumed = trained(architecture, /* interrupted= */ true);

    for (int i = 0; i < straight.size(); i++) {
      assertSame(resumed.get(i), straight.get(i));
    }
  }

  /** Two steps; everything that a checkpoint keeps may go through another network in between. */
  private static List<Weights> trained(Architecture architecture, boolean interrupted) {
    try (ModularNetwork first = network(architecture, Arithmetic.FP32);
        ModularNetwork second = network(architecture, Arithmetic.FP32);
        TrainingStep before = training(first, 3);
        TrainingStep after = training(second, 4)) {
      Batch batch = Passes.noise(architecture, 32, 21);
      step(before, batch);
      if (!interrupted) {
        step(before, batch);
        return before.objective().trained().stream().map(NetworkModule::weights).toList();
      }
      List<NetworkModule> from = before.objective().trained();
      List<NetworkModule> to = after.objective().trained();
      for (int i = 0; i < from.size(); i++) {
        to.get(i).restore(from.get(i).weights());
      }
      after.optimizer().restore(new Weights(before.optimizer().state(new TensorCopies())));
      step(after, batch);
      return to.stream().map(NetworkModule::weights).toList();
    }
  }

  private static TrainingStep training(ModularNetwork network, long seed) {
    var objective =
        new LocalObjective(network, Passes.classification(network), INFOPRO, DEPTH, seed);
    return new TrainingStep(
        objective, network.manager(), recipe("adamw"), 1, compute(Arithmetic.FP32));
  }

  private static void step(TrainingStep training, Batch batch) {
    training.gather(batch, Passes.key(32));
    training.update(1e-3);
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void tellsWhatEachHeadTakesImagesFor(Architecture architecture) {
    try (ModularNetwork network = network(architecture, Arithmetic.FP32);
        NDManager manager = network.manager().newSubManager();
        GradientMode mode = GradientMode.frozen()) {
      var objective =
          new LocalObjective(network, Passes.classification(network), INFOPRO, DEPTH, 3);
      List<Weights> before = objective.trained().stream().map(NetworkModule::weights).toList();
      NDArray images = Passes.images(manager, objective, batch(architecture));

      Objective.Outputs outputs = objective.outputs(images, NO_BATCH);

      assertThat(outputs.heads()).containsOnlyKeys(0, 1);
      assertThat(outputs.heads().values())
          .allMatch(array -> array.getShape().equals(new Shape(IMAGES, CLASSES)));
      assertThat(outputs.network().toFloatArray())
          .isEqualTo(network.evaluate(images).toFloatArray());
      for (int i = 0; i < before.size(); i++) {
        assertSame(objective.trained().get(i).weights(), before.get(i));
      }
    }
  }

  private static void assertSame(Weights found, Weights wanted) {
    assertThat(found.tensors().values())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(wanted.tensors().values());
  }

  private static Pass pass(
      Architecture architecture,
      ModularDivision division,
      List<Weights> weights,
      LocalLosses losses) {
    try (var network =
        new ModularNetwork(architecture, division, weights, compute(Arithmetic.FP32))) {
      var objective = new LocalObjective(network, Passes.classification(network), losses, DEPTH, 3);
      return Passes.gather(network, objective, batch(architecture));
    }
  }

  private static ModularNetwork network(Architecture architecture, Arithmetic arithmetic) {
    List<Weights> weights = architecture.initialWeights(DIVISION, 1, "test");
    return new ModularNetwork(architecture, DIVISION, weights, compute(arithmetic));
  }

  private static Compute compute(Arithmetic arithmetic) {
    return new Compute(Device.cpu(), arithmetic, 1);
  }

  private static Batch batch(Architecture architecture) {
    return Passes.noise(architecture, IMAGES, 21);
  }
}
