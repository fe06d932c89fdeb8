package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.ResidualNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingStepTest {

  private static final int CLASSES = 4;
  private static final int IMAGES = 32;
  private static final double CLIP_NORM = 1;
  private static final ModularDivision DIVISION = new ModularDivision(List.of(3, 3, 3));

  /** With gradients that are written out, and with autograd's. */
  private static Stream<Arguments> trainings() {
    return Stream.of(
            new VisionTransformer(16, 4, 16, 2, CLASSES, VisionTransformer.DEIT_EPSILON),
            new ResidualNetwork(16, 4, CLASSES))
        .flatMap(
            architecture ->
                Stream.<Function<ModularNetwork, Objective>>of(
                        TrainingStepTest::endToEnd,
                        TrainingStepTest::local,
                        TrainingStepTest::imitation)
                    .map(objective -> Arguments.of(architecture, objective)));
  }

  private static Objective endToEnd(ModularNetwork network) {
    return new TaskObjective(
        network,
        Passes.classification(network),
        DIVISION.allModules(),
        new StochasticDepth(0.2),
        false);
  }

  private static Objective local(ModularNetwork network) {
    var losses = LocalLosses.infoPro(List.of(5.0, 1.0), List.of(0.5, 1.0));
    return new LocalObjective(
        network, Passes.classification(network), losses, new StochasticDepth(0.2), /* seed= */ 3);
  }

  private static Objective imitation(ModularNetwork network) {
    var meta = new ModularDivision(List.of(3, 3, 1));
    return new ImitationObjective(
        network,
        Passes.classification(network),
        2,
        meta,
        network.architecture().initialWeights(meta, 2, 3, "meta"),
        new StochasticDepth(0.2));
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void leavesNoMemoryForJavaToCollect(
      Architecture architecture, Function<ModularNetwork, Objective> objective) {
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 2);
    Recipe recipe = RecipeYaml.parse("batch: {size: 32, accumulation: 1}", "test", List.of());
    try (var network =
            new ModularNetwork(
                architecture, DIVISION, architecture.initialWeights(DIVISION, 1, "test"), compute);
        var training =
            new TrainingStep(
                objective.apply(network), network.manager(), recipe, CLIP_NORM, compute)) {
      Batch batch = batch(architecture);
      step(training, batch, 0);
      BufferPoolMXBean outsideTheHeap = buffersOutsideTheHeap();
      long before = outsideTheHeap.getCount();

      for (int i = 1; i < 10; i++) {
        step(training, batch, i);
      }

      assertThat(outsideTheHeap.getCount()).isLessThanOrEqualTo(before);
    }
  }

  private static Batch batch(Architecture architecture) {
    var targets = new float[IMAGES * CLASSES];
    Arrays.fill(targets, 1f / CLASSES);
    return new Batch(new float[IMAGES * (int) architecture.inputShape().size()], targets, IMAGES);
  }

  private static void step(TrainingStep training, Batch batch, int index) {
    var key = new BatchKey(1, "test", -1);
    training.gather(batch, new StepKey(key, 0, index, IMAGES));
    training.update(1e-3);
  }

  private static BufferPoolMXBean buffersOutsideTheHeap() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findFirst()
        .orElseThrow();
  }
}
