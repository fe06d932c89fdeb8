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
import io.deepincubation.spark.cluster.ClusterShape;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.stages.PreparedImages;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  }

  @Mixin private final RecipeOptions.Required recipe = new RecipeOptions.Required();

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Images images = new Images();

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private Pace pace = new Pace();

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Classes, where neither recipe nor data tell; default " + DEFAULT_CLASSES + ".")
  private int classes = DEFAULT_CLASSES;

  @Mixin private final MethodOptions.Any method = new MethodOptions.Any();

  @Mixin private final PlaceOptions places = new PlaceOptions();

  @Override
  Answer answer() {
    Recipe resolved = recipe.recipe();
    Method chosen = method.method();
    check();
    try (CliSession session = CliSession.start(places, output())) {
      ClusterShape cluster = ClusterShape.of(session.spark());
      Optional<DataIndex> index =
          Optional.ofNullable(images.data)
              .map(uri -> index(session.storages().open(uri), resolved));
      int count =
          index
              .map(found -> Math.toIntExact(found.count(ImageSource.TRAIN)))
              .orElseGet(() -> images.images == null ? 0 : images.images);
      int known = index.map(found -> found.classNames().size()).orElseGet(() -> classes(resolved));
      Device device = cluster.gpus() ? Device.gpu() : Device.cpu();
      Compute compute = compute(resolved, device, cluster.taskThreads());
      Architecture architecture = Architectures.of(resolved.model(), known);
      List<Stage> stages = chosen.stages(resolved);
      List<Stage> all =
          Stream.concat(stages.stream(), Stream.of(EndToEnd.stage(resolved))).distinct().toList();
      var plan = new TrainingPlan(all, architecture, count, compute);
      Map<String, Double> speeds = speeds(plan, architecture, resolved, cluster);
      CostSums sums = CostSums.of(resolved, count, known);
      var told =
          new PlanAnswer(
              plan,
              chosen,
              stages,
              cluster,
              speeds,
              sums,
              warnings(chosen, resolved, count, known));
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
    PreparedImages.open(storage, resolved).requireTestSplit();
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
    return resolved.model().classes() == 0 ? classes : resolved.model().classes();
  }

  private void check() {
    if ((images.images != null && images.images < 1) || classes < 1) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot plan: expected --images and --classes from 1, got %s and %d",
              images.images,
              classes));
    }
    if (pace.imagesPerSecond != null && !(pace.imagesPerSecond > 0)) {
      throw new UsageException(
          "Cannot plan: expected --images-per-second above 0, got " + pace.imagesPerSecond);
    }
  }

  /** Images a second by stage; empty where nobody told. */
  private Map<String, Double> speeds(
      TrainingPlan plan, Architecture architecture, Recipe resolved, ClusterShape cluster) {
    var speeds = new HashMap<String, Double>();
    if (pace.imagesPerSecond != null) {
      double flops =
          pace.imagesPerSecond * StageCost.of(EndToEnd.stage(resolved), architecture).nominal();
      plan.stages()
          .forEach(
              planned -> speeds.put(planned.stage().name(), flops / planned.perImage().nominal()));
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
