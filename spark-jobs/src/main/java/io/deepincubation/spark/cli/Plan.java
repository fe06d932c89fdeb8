package io.deepincubation.spark.cli;

import ai.djl.Device;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.deepincubation.core.data.DataIndex;
import io.deepincubation.core.data.ImageSource;
import io.deepincubation.core.data.PreparedSet;
import io.deepincubation.core.incubation.Architectures;
import io.deepincubation.core.incubation.TrainingBenchmark;
import io.deepincubation.core.incubation.TrainingBenchmark.Speed;
import io.deepincubation.core.incubation.TrainingPlan;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.NativeArithmetic;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.spark.ClusterShape;
import io.deepincubation.spark.Devices;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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

  @Mixin private final PlaceOptions places = new PlaceOptions();

  @Override
  Answer answer() {
    Recipe resolved = recipe.recipe();
    check();
    try (CliSession session = CliSession.start(places, output())) {
      ClusterShape cluster = ClusterShape.of(session.spark());
      Optional<DataIndex> index =
          Optional.ofNullable(images.data)
              .map(uri -> PreparedSet.open(session.storages().open(uri)).index());
      int count =
          index
              .map(found -> Math.toIntExact(found.count(ImageSource.TRAIN)))
              .orElseGet(() -> images.images == null ? 0 : images.images);
      int known = index.map(found -> found.classNames().size()).orElseGet(() -> classes(resolved));
      Device device = cluster.gpus() ? Device.gpu() : Device.cpu();
      var compute = new Compute(device, arithmetic(resolved, device), cluster.taskThreads());
      var plan =
          new TrainingPlan(resolved, Architectures.of(resolved.model(), known), count, compute);
      Map<String, Double> speeds = speeds(plan, resolved, known, cluster);
      var told = new PlanAnswer(plan, cluster, speeds);
      JsonObject json = told.json();
      json.addProperty("recipe", resolved.name());
      json.addProperty("images", count);
      json.addProperty("classes", known);
      index.ifPresent(
          found ->
              json.add(
                  "shards",
                  new Gson()
                      .toJsonTree(
                          found.splits().entrySet().stream()
                              .collect(
                                  Collectors.toMap(Map.Entry::getKey, e -> e.getValue().size())))));
      String head =
          String.format(
              "%s: %,d images of %d classes%s, %d modules",
              resolved.name(),
              count,
              known,
              index.map(Plan::shards).orElse(""),
              resolved.division().modules());
      return new Answer(told.lines(head), json);
    }
  }

  private static String shards(DataIndex index) {
    return " in " + index.splits().getOrDefault(ImageSource.TRAIN, List.of()).size() + " shards";
  }

  private int classes(Recipe resolved) {
    return resolved.model().classes() == 0 ? classes : resolved.model().classes();
  }

  private void check() {
    if ((images.images != null && images.images < 1) || classes < 1) {
      throw new RecipeException(
          String.format(
              "Cannot plan: expected --images and --classes from 1, got %s and %d",
              images.images, classes));
    }
    if (pace.imagesPerSecond != null && !(pace.imagesPerSecond > 0)) {
      throw new RecipeException(
          "Cannot plan: expected --images-per-second above 0, got " + pace.imagesPerSecond);
    }
  }

  /** Images a second by stage; empty where nobody told. */
  private Map<String, Double> speeds(
      TrainingPlan plan, Recipe resolved, int known, ClusterShape cluster) {
    var speeds = new HashMap<String, Double>();
    if (pace.imagesPerSecond != null) {
      double flopsPerSecond = pace.imagesPerSecond * plan.targetFlopsPerImage();
      plan.stages()
          .forEach(stage -> speeds.put(stage.stage(), flopsPerSecond / stage.flopsPerImage()));
    } else if (pace.measure) {
      Map<String, Double> inTask = measured(resolved, known, cluster.taskThreads());
      Map<String, Double> onDriver =
          cluster.taskThreads() == cluster.driverThreads()
              ? inTask
              : measured(resolved, known, cluster.driverThreads());
      for (TrainingPlan.Stage stage : plan.stages()) {
        Map<String, Double> there = PlanAnswer.isModule(stage) ? inTask : onDriver;
        speeds.put(stage.stage(), there.getOrDefault(stage.network(), 0.0));
      }
    }
    return speeds;
  }

  private static Map<String, Double> measured(Recipe resolved, int known, int threads) {
    var benchmark = new TrainingBenchmark(resolved, known, WARM_UP_SECONDS, MEASURED_STEPS);
    var speeds = new HashMap<String, Double>();
    Device device = Devices.ofThisProcess();
    for (Speed speed : benchmark.run(new Compute(device, arithmetic(resolved, device), threads))) {
      speeds.put(speed.network(), speed.imagesPerSecond());
    }
    return speeds;
  }

  /** The recipe's, or what suits the device. */
  private static Arithmetic arithmetic(Recipe resolved, Device device) {
    return switch (resolved.precision()) {
      case FP32 -> Arithmetic.FP32;
      case BF16 -> Arithmetic.BF16;
      case AUTO -> NativeArithmetic.of(device);
    };
  }
}
