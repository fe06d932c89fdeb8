package io.deepincubation.core.bench;

import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.batch.Samples;
import io.deepincubation.core.data.batch.TextSamples;
import io.deepincubation.core.data.batch.TrainingBatches;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.data.set.TextForm;
import io.deepincubation.core.data.set.TextTable;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.machine.MemoryWatch;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.StageCost;
import io.deepincubation.core.method.TrainingPlan;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.script.GemmPeak;
import io.deepincubation.core.script.TorchEngine;
import io.deepincubation.core.training.Classification;
import io.deepincubation.core.training.TaskObjective;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Times training steps of a recipe's networks on random images: the target model end to end, the
 * meta model, and each hybrid network. The steps are the trainer's own, on images that are ready.
 */
public final class TrainingBenchmark {

  /** The target model's name among the networks. */
  static final String END_TO_END = "end to end";

  /** The meta model's name among the networks. */
  static final String META = "meta model";

  /** A network to time, and the modules that are trained in it. */
  private record Network(String name, ModularDivision division, Set<Integer> trained) {}

  /**
   * One network's speed. Times are of a step, medians.
   *
   * @param network which one
   * @param division its depths
   * @param trained indices of the modules that are trained
   * @param arithmetic of its products
   * @param flopsPerImage operations of one image's training pass
   * @param imagesPerSecond of steps whose images are ready
   * @param forwardSeconds of the loss alone
   * @param backwardSeconds of the gradients on top of it
   * @param optimizerSeconds of the update
   * @param dataSeconds that one thread makes the step's images in, beside the others
   * @param flopsPerSecond operations that are computed
   * @param peak matrix products alone, operations a second, of the same threads: the best of the
   *     MLP's shape and of large squares
   * @param stepBytes what the process, or the GPU's memory, grows by during steps; null where the
   *     system does not tell
   * @param plannedBytes what {@link TrainingPlan} expects of that; null where it cannot know
   */
  public record Speed(
      String network,
      ModularDivision division,
      Set<Integer> trained,
      Arithmetic arithmetic,
      double flopsPerImage,
      double imagesPerSecond,
      double forwardSeconds,
      double backwardSeconds,
      double optimizerSeconds,
      double dataSeconds,
      double flopsPerSecond,
      double peak,
      @Nullable Long stepBytes,
      @Nullable Long plannedBytes) {}

  private final Recipe recipe;
  private final Architecture architecture;
  private final double warmUpSeconds;
  private final int steps;

  /**
   * Prepares the benchmark.
   *
   * @param recipe the networks, the batch and the optimizer
   * @param classes of the random images
   * @param warmUpSeconds of each network, before its steps count
   * @param steps timed steps of each network, at least 1
   */
  public TrainingBenchmark(Recipe recipe, int classes, double warmUpSeconds, int steps) {
    this.recipe = recipe;
    this.warmUpSeconds = warmUpSeconds;
    this.steps = steps;
    architecture = Architectures.of(recipe, classes);
  }

  /** Times all networks one after the other. */
  public List<Speed> run(Compute compute) {
    return run(compute, name -> true);
  }

  /** Times the target model end to end. */
  public Speed ofTarget(Compute compute) {
    return run(compute, END_TO_END::equals).get(0);
  }

  /** Times those networks whose names, as in the results, are wanted. */
  List<Speed> run(Compute compute, Predicate<String> wanted) {
    TorchEngine.useThreads(compute.threads());
    double peak = peak(compute);
    return networks().stream()
        .filter(network -> wanted.test(network.name()))
        .map(network -> time(network, compute, peak))
        .toList();
  }

  private List<Network> networks() {
    ModularDivision target = recipe.targetDivision();
    ModularDivision meta = recipe.metaDivision();
    var networks = new ArrayList<Network>();
    networks.add(new Network(END_TO_END, target, target.allModules()));
    networks.add(new Network(META, meta, meta.allModules()));
    for (int i = 0; i < target.moduleCount(); i++) {
      networks.add(new Network(hybrid(i), meta.hybrid(target, i), Set.of(i)));
    }
    return networks;
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
    double square = GemmPeak.ofSquares(compute.device(), bfloat16, 2048);
    return Math.max(narrow, square);
  }

  private Speed time(Network timed, Compute compute, double peak) {
    ModularDivision division = timed.division();
    Set<Integer> trained = timed.trained();
    var key = new BatchKey(recipe.seed(), "benchmark", -1);
    var task = new Classification(architecture.classes(), recipe.loss().labelSmoothing());
    var batches =
        new TrainingBatches(
            randomSamples().trained(recipe.augmentation(), key),
            task.targets(),
            recipe.batch().size(),
            key,
            /* threads= */ 1);
    double batchSeconds = seconds(batches);
    Batch ready = batches.batch(0, 0);
    List<Weights> weights = architecture.initialWeights(division, recipe.seed(), "benchmark");
    try (var network = new ModularNetwork(architecture, division, weights, compute)) {
      var objective =
          new TaskObjective(
              network, task, trained, StochasticDepth.OFF, recipe.batch().recomputeActivations());
      var timer = new StepTimer(objective, recipe, compute);
      var times = new ArrayList<StepTimer.Times>();
      OptionalLong grown =
          MemoryWatch.growth(
              compute.device(),
              () -> times.add(timer.time(network.manager(), ready, key, warmUpSeconds, steps)));
      StepTimer.Times step = times.get(0);
      double stepsPerSecond = 1 / step.step();
      int images = recipe.batch().effectiveSize();
      StageCost cost = StageCost.ofTask(architecture, division, trained);
      return new Speed(
          timed.name(),
          division,
          trained,
          compute.arithmetic(),
          cost.nominal(),
          images * stepsPerSecond,
          step.forward(),
          step.gather() - step.forward(),
          step.update(),
          batchSeconds * recipe.batch().accumulation(),
          images * stepsPerSecond * cost.computed(),
          peak,
          grown.isPresent() ? grown.getAsLong() : null,
          TrainingPlan.memory(
                  architecture, recipe, division, trained, /* auxiliaryBytes= */ 0, compute)
              .stepBytes());
    }
  }

  /** Of one batch, without the first, which fills caches. */
  private double seconds(TrainingBatches batches) {
    var seconds = new ArrayList<Double>();
    for (int i = 0; i <= steps; i++) {
      long start = System.nanoTime();
      batches.batch(i, 0);
      seconds.add((System.nanoTime() - start) / 1e9);
    }
    return median(seconds.subList(1, seconds.size()));
  }

  /** One step's samples, so that every step is an epoch and reports by itself. */
  private Samples randomSamples() {
    int count = recipe.batch().effectiveSize();
    int[] labels = IntStream.range(0, count).map(i -> i % architecture.classes()).toArray();
    return architecture.readsTexts()
        ? new TextSamples(randomTexts(labels))
        : new ImageSamples(randomImages(labels));
  }

  private TextTable randomTexts(int[] labels) {
    int vocabulary = architecture.vocabulary();
    int length = (int) architecture.inputShape().get(0);
    var random = RandomStream.of(recipe.seed());
    var form = new TextForm(vocabulary, length, /* tokenizer= */ "");
    List<int[]> tokens =
        Stream.generate(() -> random)
            .limit(labels.length)
            .map(each -> IntStream.range(0, length).map(i -> each.nextInt(vocabulary)).toArray())
            .toList();
    return TextTable.of(form, architecture.classes(), tokens, labels);
  }

  private ImageTable randomImages(int[] labels) {
    int count = labels.length;
    int side = recipe.model().image();
    var random = RandomStream.of(recipe.seed());
    var pixels = new byte[count * 3 * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.nextInt(256);
    }
    return ImageTable.of(pixels, labels, side, side);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
