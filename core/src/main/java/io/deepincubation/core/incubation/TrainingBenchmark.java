package io.deepincubation.core.incubation;

import io.deepincubation.core.checkpoint.CheckpointPolicy;
import io.deepincubation.core.checkpoint.Checkpoints;
import io.deepincubation.core.checkpoint.Storage;
import io.deepincubation.core.data.BatchKey;
import io.deepincubation.core.data.ImageTable;
import io.deepincubation.core.data.TrainingBatches;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.script.GemmPeak;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.core.training.TaskObjective;
import io.deepincubation.core.training.TaskPlace;
import io.deepincubation.core.training.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Times training steps of a recipe's networks on random images: the target model end to end, the
 * meta model, and each hybrid network. The steps are the trainer's own.
 */
public final class TrainingBenchmark {

  /** The target model's name among the networks. */
  static final String END_TO_END = "end to end";

  /** The meta model's name among the networks. */
  static final String META = "meta model";

  /** Steps before the clock counts. */
  private static final int WARM_UP = 2;

  /**
   * One network's speed.
   *
   * @param network which one
   * @param division its depths
   * @param arithmetic of its products
   * @param flopsPerImage operations of one image's training pass
   * @param imagesPerSecond median over the steps
   * @param flopsPerSecond the product of the two
   * @param peak matrix products alone, operations a second, of the same threads at the MLP's shape
   * @param dataWait share of the time spent waiting for images, median
   */
  public record Speed(
      String network,
      ModularDivision division,
      Arithmetic arithmetic,
      double flopsPerImage,
      double imagesPerSecond,
      double flopsPerSecond,
      double peak,
      double dataWait) {}

  private final Recipe recipe;
  private final Architecture architecture;
  private final Storage scratch;
  private final int steps;

  /**
   * Prepares the benchmark.
   *
   * @param recipe the networks, the batch and the optimizer
   * @param classes of the random images
   * @param scratch a storage that nothing is written to
   * @param steps timed steps of each network, at least 1
   */
  public TrainingBenchmark(Recipe recipe, int classes, Storage scratch, int steps) {
    this.recipe = recipe;
    this.scratch = scratch;
    this.steps = steps;
    architecture = Architectures.of(recipe.model(), classes);
  }

  /** Times all networks one after the other. */
  public List<Speed> run(Compute compute) {
    TorchEngine.useThreads(compute.threads());
    ModularDivision target = recipe.targetDivision();
    ModularDivision meta = recipe.metaDivision();
    double peak = peak(compute);
    var speeds = new ArrayList<Speed>();
    speeds.add(time(END_TO_END, target, target.allModules(), compute, peak));
    speeds.add(time(META, meta, meta.allModules(), compute, peak));
    for (int i = 0; i < target.moduleCount(); i++) {
      speeds.add(time(hybrid(i), meta.hybrid(target, i), Set.of(i), compute, peak));
    }
    return speeds;
  }

  /** A hybrid network's name among the networks. */
  static String hybrid(int moduleIndex) {
    return "hybrid, module " + moduleIndex;
  }

  /** The best of the products at the recipe's MLP and of large squares. */
  private double peak(Compute compute) {
    boolean bfloat16 = compute.arithmetic() == Arithmetic.BF16;
    int width = recipe.model().width();
    int rows = Math.max(1024, 32 * recipe.batch().size());
    double narrow = GemmPeak.flopsPerSecond(compute.device(), bfloat16, rows, width, 4 * width);
    double square = GemmPeak.flopsPerSecond(compute.device(), bfloat16, 2048, 2048, 2048);
    return Math.max(narrow, square);
  }

  private Speed time(
      String name, ModularDivision division, Set<Integer> trained, Compute compute, double peak) {
    var told = new ArrayList<StageProgress>();
    var key = new BatchKey(recipe.seed(), "benchmark", -1);
    var batches =
        new TrainingBatches(
            randomImages(),
            recipe.augmentation(),
            recipe.loss().labelSmoothing(),
            architecture.classes(),
            recipe.batch().size(),
            key,
            compute.threads());
    var stage = new StageRecipe(WARM_UP + steps, 0, 0, 0, 1);
    var never = new Checkpoints(scratch, "benchmark", CheckpointPolicy.NEVER);
    try (var network = new ModularNetwork(architecture, division, weights(division), compute)) {
      var objective =
          new TaskObjective(
              network, trained, StochasticDepth.OFF, recipe.batch().recomputeActivations());
      new Trainer(recipe, stage, key, batches, compute, never, told::add, TaskPlace.HERE)
          .train(objective, network.manager(), () -> 0);
    }
    List<StageProgress> timed = told.subList(WARM_UP, told.size());
    double flopsPerImage = TrainingCost.perImage(architecture, division, trained);
    double imagesPerSecond = median(timed.stream().map(StageProgress::imagesPerSecond).toList());
    return new Speed(
        name,
        division,
        compute.arithmetic(),
        flopsPerImage,
        imagesPerSecond,
        flopsPerImage * imagesPerSecond,
        peak,
        median(timed.stream().map(StageProgress::dataWait).toList()));
  }

  private List<Weights> weights(ModularDivision division) {
    return IntStream.range(0, division.moduleCount())
        .mapToObj(i -> architecture.initialWeights(division, i, recipe.seed(), "benchmark"))
        .toList();
  }

  /** One step's images, so that every step is an epoch and reports by itself. */
  private ImageTable randomImages() {
    int count = recipe.batch().effectiveSize();
    int side = recipe.model().image();
    var random = RandomStream.of(recipe.seed());
    var pixels = new byte[count * 3 * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    int[] labels = IntStream.range(0, count).map(i -> i % architecture.classes()).toArray();
    return ImageTable.of(pixels, labels, side, side);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
