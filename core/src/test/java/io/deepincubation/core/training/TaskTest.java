package io.deepincubation.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.ClassTargets;
import io.deepincubation.core.data.batch.EvaluationBatch;
import io.deepincubation.core.data.batch.Targets;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.LossProgram;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.Metrics;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.testing.TestImages;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A task other than classification, through the objectives, programs and measures of all. */
class TaskTest {

  private static final int CLASSES = 3;
  private static final int IMAGES = 32;
  private static final VisionTransformer VIT = new VisionTransformer(16, 4, 16, 2, CLASSES, 1e-6);
  private static final ModularDivision DIVISION = new ModularDivision(List.of(1, 1, 2));
  private static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 2);

  /** To give 1 for an image's class and 0 for the others, by the squared error. */
  private record Regression(boolean written) implements Task {

    private static final String FORWARD =
        """
        def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
          return torch.mse_loss(outputs, targets, 1)
        """;
    private static final String BACK =
        """
        def loss_back(self, outputs: Tensor, targets: Tensor, total: Tensor,
                      share: float) -> Tensor:
          unused = torch.add_(total, torch.mse_loss(outputs, targets, 1), alpha=share)
          return torch.mul(torch.sub(outputs, targets), 2. * share / torch.numel(outputs))
        """;

    @Override
    public String name() {
      return "regression";
    }

    @Override
    public Shape targetShape() {
      return new Shape(CLASSES);
    }

    @Override
    public Targets targets() {
      return new ClassTargets(CLASSES, 0);
    }

    @Override
    public LossProgram loss() {
      return new LossProgram(FORWARD, written ? BACK : null);
    }

    @Override
    public Tally tally() {
      return new SquaredErrors(new DoubleAdder(), new LongAdder());
    }
  }

  private record SquaredErrors(DoubleAdder sum, LongAdder values) implements Tally {

    @Override
    public void add(NDArray outputs, EvaluationBatch batch) {
      float[] found = outputs.toFloatArray();
      for (int i = 0; i < found.length; i++) {
        int wanted = batch.labels()[i / CLASSES] == i % CLASSES ? 1 : 0;
        sum.add(Math.pow(found[i] - wanted, 2));
      }
      values.add(found.length);
    }

    @Override
    public Metrics metrics() {
      return new Metrics("mse", Map.of("mse", sum.sum() / values.sum()));
    }
  }

  @Test
  void writesItsGradientsOutAsAutogradFindsThem() {
    try (ModularNetwork network = network()) {
      Batch batch = Passes.noise(VIT, IMAGES, 3);

      Passes.Pass written = Passes.gather(network, endToEnd(network, true), batch);
      Passes.Pass autograd = Passes.gather(network, endToEnd(network, false), batch);

      assertThat(written.loss()).isCloseTo(autograd.loss(), within(1e-6));
      assertThat(written.distance(autograd)).isLessThan(1e-5);
    }
  }

  @Test
  void isTrainedAndMeasured() {
    try (ModularNetwork network = network();
        var evaluator = new Evaluator(TestImages.evaluation(images(), 10), COMPUTE)) {
      Metrics before = evaluator.tally(network, new Regression(true)).metrics();

      Metrics after = trained(endToEnd(network, true), network, evaluator);

      assertThat(after.primary()).isEqualTo("mse");
      assertThat(after.values()).containsOnlyKeys("mse");
      assertThat(after.value()).isLessThan(0.5 * before.value());
    }
  }

  @Test
  void isEachModulesOwnInLocalTraining() {
    try (ModularNetwork network = network();
        var evaluator = new Evaluator(TestImages.evaluation(images(), 10), COMPUTE)) {
      var objective =
          new LocalObjective(
              network, new Regression(true), LocalLosses.dgl(3), StochasticDepth.OFF, 1);

      Metrics after = trained(objective, network, evaluator);

      assertThat(after.values()).containsOnlyKeys("mse", "head.0.mse", "head.1.mse");
      assertThat(after.values().values()).allSatisfy(error -> assertThat(error).isLessThan(0.15));
      assertThat(after.value())
          .isCloseTo(
              evaluator.tally(network, new Regression(true)).metrics().value(), within(1e-9));
    }
  }

  private static ModularNetwork network() {
    TorchEngine.useThreads(2);
    var weights = VIT.initialWeights(DIVISION, 1, "test");
    return new ModularNetwork(VIT, DIVISION, weights, COMPUTE);
  }

  private static Objective endToEnd(ModularNetwork network, boolean written) {
    var task = new Regression(written);
    return new TaskObjective(network, task, DIVISION.allModules(), StochasticDepth.OFF, false);
  }

  private static Metrics trained(Objective objective, ModularNetwork network, Evaluator evaluator) {
    Recipe recipe =
        RecipeYaml.parse(
            """
            batch: {size: 32, accumulation: 1}
            augmentation: {mixup: 0, cutmix: 0, random-erasing: 0, rand-augment: 0, color-jitter: 0}
            """,
            "test",
            List.of());
    Task task = objective.task();
    var key = new BatchKey(1, "test", -1);
    var batches =
        TestImages.batches(images(), recipe.augmentation(), task.targets(), IMAGES, key, 1);
    try (var training = new TrainingStep(objective, network.manager(), recipe, 0, COMPUTE)) {
      for (int step = 0; step < 60; step++) {
        training.gather(batches.batch(step, 0), new StepKey(key, step, 0, IMAGES));
        training.update(5e-3);
      }
      return evaluator.measureOf(objective).of(training).metrics();
    }
  }

  /** Images whose class shows in the brightness. */
  private static ImageTable images() {
    int bytes = 3 * 16 * 16;
    var pixels = new byte[IMAGES * bytes];
    var random = RandomStream.of(5);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (100 * (i / bytes % CLASSES) + random.nextInt(30));
    }
    int[] labels = IntStream.range(0, IMAGES).map(i -> i % CLASSES).toArray();
    return ImageTable.of(pixels, labels, 16, 16);
  }
}
