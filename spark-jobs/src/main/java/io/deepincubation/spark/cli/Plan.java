package io.deepincubation.spark.cli;

import ai.djl.Device;
import io.deepincubation.core.advice.RecipeAdvice;
import io.deepincubation.core.bench.TrainingBenchmark;
import io.deepincubation.core.bench.TrainingBenchmark.Speed;
import io.deepincubation.core.data.set.DataIndex;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.SplitSize;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.Methods;
import io.deepincubation.core.method.ScaledPlan;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageCost;
import io.deepincubation.core.method.TrainingPlan;
import io.deepincubation.core.method.TrainingPlan.Planned;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.spark.cli.PlanAnswer.Scale;
import io.deepincubation.spark.cluster.ClusterShape;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.stages.PreparedData;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "plan",
    description =
        "Counts operations, memory, tasks and time of a recipe's training, and suggests Spark"
            + " settings. Trains nothing.")
final class Plan extends Verb {

  private static final int DEFAULT_CLASSES = 100;
  private static final double GIGA = 1e9;
  private static final double TERA = 1e12;
  private static final double WARM_UP_SECONDS = 2;
  private static final int MEASURED_STEPS = 3;

  /** Where the number of images comes from. */
  private static final class Images {

    @Option(
        names = "--data",
        paramLabel = "URI",
        description = "The folder that `prepare` made; its images and classes are counted.")
    private @Nullable String data;

    @Option(names = "--images", paramLabel = "N", description = "Images to train on.")
    private @Nullable Integer images;
  }

  /** Where the speed comes from. */
  private static final class Pace {

    @Option(
        names = "--images-per-second",
        paramLabel = "X",
        description =
            "What one task trains of the target model end to end, as `bench` measures it.")
    private @Nullable Double imagesPerSecond;

    @Option(
        names = "--measure",
        description =
            "Time a few training steps of each network on this machine's GPU or processor.")
    private boolean measure;

    @Option(
        names = "--tflops",
        paramLabel = "F",
        description =
            "What one task's GPU reaches in training, in TFLOP/s of what the networks' shape asks"
                + " for.")
    private @Nullable Double tflops;
  }

  /** Sets that recipes of the library are named after. */
  private enum NamedSet {
    IMAGENET("-imagenet", 1_281_167, 1000),
    CIFAR100("-cifar100", 50_000, 100),
    ADE20K("-ade20k", 20_210, 150),
    COCO("-coco", 118_287, 80);

    private final String word;
    private final int images;
    private final int classes;

    NamedSet(String word, int images, int classes) {
      this.word = word;
      this.images = images;
      this.classes = classes;
    }

    static Optional<NamedSet> of(Recipe recipe) {
      return Stream.of(values()).filter(set -> recipe.name().contains(set.word)).findFirst();
    }
  }

  @Mixin private final RecipeOptions.Required recipe = new RecipeOptions.Required();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Images images = new Images();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Pace pace = new Pace();

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Classes, where neither recipe nor data tell; default " + DEFAULT_CLASSES + ".")
  private @Nullable Integer classes;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      description =
          "Plan for so many GPUs, with workers for all of them where the recipe leaves those open;"
              + " with --tflops or --images-per-second it tells days.")
  private @Nullable Integer gpus;

  @Option(
      names = "--exchange",
      paramLabel = "GB/S",
      description =
          "Gigabytes a second that a process reads or writes of rounds, and checks; default"
              + " ${DEFAULT-VALUE}.",
      defaultValue = "2")
  private double exchange;

  @Mixin private final MethodOptions.Any method = new MethodOptions.Any();

  @Mixin private final PlaceOptions places = new PlaceOptions();

  @Override
  Answer answer() {
    check();
    Recipe resolved =
        gpus == null ? recipe.recipe() : ScaledPlan.withWorkers(recipe.recipe(), gpus);
    boolean transfers = resolved.transfer().isOn();
    Method chosen = transfers ? Methods.of(resolved).get(0) : method.method();
    requireImages(resolved);
    try (CliSession session = CliSession.start(places, output())) {
      ClusterShape here = ClusterShape.of(session.spark());
      ClusterShape cluster = gpus == null ? here : here.withGpus(gpus);
      Optional<DataIndex> index =
          Optional.ofNullable(images.data)
              .map(uri -> index(session.storages().open(uri), resolved));
      int count = index.map(DataIndex::trained).orElseGet(() -> images(resolved));
      int known = index.map(found -> found.classNames().size()).orElseGet(() -> classes(resolved));
      Device device = cluster.gpus() ? Device.gpu() : Device.cpu();
      Compute compute = compute(resolved, device, cluster.taskThreads());
      Architecture architecture = Architectures.of(resolved, known);
      List<Stage> stages = chosen.stages(resolved);
      List<Stage> all =
          transfers
              ? stages
              : Stream.concat(stages.stream(), Stream.of(EndToEnd.stage(resolved)))
                  .distinct()
                  .toList();
      var plan = new TrainingPlan(all, architecture, count, compute);
      Map<String, Double> speeds = speeds(plan, architecture, resolved, cluster);
      @Nullable CostSums sums = transfers ? null : CostSums.of(resolved, count, known);
      var told =
          new PlanAnswer(
              plan,
              chosen,
              stages,
              cluster,
              speeds,
              sums,
              warnings(chosen, resolved, count, known),
              scale(speeds, plan, resolved));
      String head =
          String.format(
              Locale.ROOT,
              "%s: %,d images of %d classes%s, %d modules",
              resolved.name(),
              count,
              known,
              index.map(Plan::shards).orElse(""),
              resolved.division().modules());
      Optional<SplitSize> size = index.map(found -> SplitSize.of(found, ImageSource.TRAIN));
      return new Answer(
          told.lines(
              size.map(found -> List.of(head, Results.onANode(found))).orElse(List.of(head))),
          told.facts(
              resolved.name(),
              count,
              known,
              index.map(Plan::shardCounts).orElse(null),
              size.orElse(null)));
    }
  }

  /** A set's index; what a run would refuse is refused now. */
  private static DataIndex index(Storage storage, Recipe resolved) {
    PreparedData.open(storage, resolved).requireTestSplit();
    return PreparedSet.open(storage).index();
  }

  /** What is said of Deep Incubation alone; of no images nothing can be. */
  private static List<String> warnings(Method method, Recipe recipe, int images, int classes) {
    return method.name().equals(DeepIncubation.NAME) && images > 0
        ? RecipeAdvice.warnings(recipe, images, classes)
        : List.of();
  }

  private static String shards(DataIndex index) {
    return " in " + index.splits().getOrDefault(ImageSource.TRAIN, List.of()).size() + " shards";
  }

  private static Map<String, Integer> shardCounts(DataIndex index) {
    return index.splits().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, split -> split.getValue().size()));
  }

  private int classes(Recipe resolved) {
    if (resolved.model().classes() > 0) {
      return resolved.model().classes();
    }
    return classes == null
        ? NamedSet.of(resolved).map(set -> set.classes).orElse(DEFAULT_CLASSES)
        : classes;
  }

  private int images(Recipe resolved) {
    return images.images == null
        ? NamedSet.of(resolved).map(set -> set.images).orElse(0)
        : images.images;
  }

  private void requireImages(Recipe resolved) {
    if (images.data == null && images(resolved) == 0) {
      throw new UsageException(
          "Cannot plan: expected --data or --images, which tell how many images there are, got"
              + " neither");
    }
  }

  /** What the GPUs are asked for, and how fast they are; nothing where nobody asked. */
  private @Nullable Scale scale(Map<String, Double> speeds, TrainingPlan plan, Recipe resolved) {
    if (gpus == null) {
      return null;
    }
    double flops =
        plan.stages().stream()
            .filter(planned -> speeds.containsKey(planned.stage().name()))
            .mapToDouble(
                planned ->
                    speeds.getOrDefault(planned.stage().name(), 0.0) * planned.perImage().nominal())
            .findFirst()
            .orElse(0);
    return new Scale(resolved, gpus, flops, GIGA * exchange);
  }

  private void check() {
    if ((images.images != null && images.images < 1) || (classes != null && classes < 1)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot plan: expected --images and --classes from 1, got %s and %s",
              images.images,
              classes));
    }
    if ((gpus != null && gpus < 1) || !(exchange > 0)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot plan: expected --gpus from 1 and --exchange above 0, got %s and %s",
              gpus,
              exchange));
    }
    if (pace.tflops != null && !(pace.tflops > 0)) {
      throw new UsageException("Cannot plan: expected --tflops above 0, got " + pace.tflops);
    }
    if (pace.imagesPerSecond != null && !(pace.imagesPerSecond > 0)) {
      throw new UsageException(
          "Cannot plan: expected --images-per-second above 0, got " + pace.imagesPerSecond);
    }
  }

  /** The stage that images a second are told of. */
  private static Stage reference(Recipe resolved) {
    return resolved.transfer().isOn() ? Methods.stages(resolved).get(0) : EndToEnd.stage(resolved);
  }

  /** Images a second by stage; empty where nobody told. */
  private Map<String, Double> speeds(
      TrainingPlan plan, Architecture architecture, Recipe resolved, ClusterShape cluster) {
    var speeds = new HashMap<String, Double>();
    if (pace.imagesPerSecond != null || pace.tflops != null) {
      double flops =
          pace.imagesPerSecond == null
              ? TERA * Objects.requireNonNull(pace.tflops)
              : pace.imagesPerSecond * StageCost.of(reference(resolved), architecture).nominal();
      plan.stages()
          .forEach(
              planned -> speeds.put(planned.stage().name(), flops / planned.perImage().nominal()));
    } else if (pace.measure && resolved.transfer().isOn()) {
      throw new UsageException(
          "Cannot plan: --measure times networks of classification, got a transfer; use --tflops");
    } else if (pace.measure) {
      List<Speed> inTask = measured(resolved, architecture, cluster.taskThreads());
      List<Speed> onDriver =
          cluster.taskThreads() == cluster.driverThreads()
              ? inTask
              : measured(resolved, architecture, cluster.driverThreads());
      for (Planned planned : plan.stages()) {
        speeds.put(
            planned.stage().name(),
            speed(planned, PlanAnswer.isModule(planned) ? inTask : onDriver));
      }
    }
    return speeds;
  }

  /**
   * What was measured of the stage's network; where its training is no network's of the benchmark,
   * the operations of the target model's.
   */
  private static double speed(Planned planned, List<Speed> measured) {
    Stage stage = planned.stage();
    return measured.stream()
        .filter(speed -> speed.division().equals(stage.network()))
        .filter(speed -> speed.trained().equals(stage.trained()))
        .filter(speed -> speed.flopsPerImage() == planned.perImage().nominal())
        .mapToDouble(Speed::imagesPerSecond)
        .findFirst()
        .orElseGet(
            () -> measured.get(0).flopsPerSecond() / Math.max(1, planned.perImage().computed()));
  }

  private static List<Speed> measured(Recipe resolved, Architecture architecture, int threads) {
    Device device = Devices.ofThisProcess();
    return new TrainingBenchmark(resolved, architecture.classes(), WARM_UP_SECONDS, MEASURED_STEPS)
        .run(compute(resolved, device, threads));
  }

  /** In the recipe's arithmetic, or what suits the device. */
  private static Compute compute(Recipe resolved, Device device, int threads) {
    return new Compute(
        device, resolved.precision().arithmetic(() -> NativeArithmetic.of(device)), threads);
  }
}
