package io.deepincubation.spark.cli;

import io.deepincubation.core.data.set.SplitSize;
import io.deepincubation.core.machine.TrainingJava;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.ScaledPlan;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.TrainingPlan;
import io.deepincubation.core.method.TrainingPlan.Planned;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.spark.cluster.ClusterShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan in words and numbers. */
final class PlanAnswer {

  private static final long MIB = 1 << 20;
  private static final double SECONDS_A_DAY = 24 * 3600;

  /** What Java and libtorch take outside the heap before any tensor is made, and a third more. */
  private static final long LIBRARY_BYTES = 640 * MIB;

  /** What Spark takes of the heap, some times what was seen. */
  private static final long WORKING_HEAP = 640 * MIB;

  /**
   * A stage in numbers.
   *
   * @param stage its name
   * @param depths of its network's modules
   * @param images it trains on, each epoch's counted
   * @param flopsPerImage of training, nominal
   * @param flops of the whole training, nominal
   * @param computedFlops of the whole training
   * @param memory of a step
   * @param seconds that it takes one task; null where nobody told the speed
   * @param workers that train it in rounds; null for one
   * @param rounds of them; null for one worker
   * @param bytesARound what all workers read and hand in each round, their moments left out; null
   *     for one worker
   */
  record StageFacts(
      String stage,
      String depths,
      double images,
      double flopsPerImage,
      double flops,
      double computedFlops,
      TrainingPlan.Memory memory,
      @Nullable Double seconds,
      @Nullable Integer workers,
      @Nullable Integer rounds,
      @Nullable Long bytesARound) {}

  /**
   * GPUs that a plan is made for.
   *
   * @param recipe with the workers that they get
   * @param gpus how many
   * @param flopsPerSecond what one reaches; 0 where nobody told
   * @param bytesPerSecond what the driver reads and sums of rounds
   */
  record Scale(Recipe recipe, int gpus, double flopsPerSecond, double bytesPerSecond) {

    Optional<ScaledPlan> plan(List<Planned> stages) {
      return flopsPerSecond == 0
          ? Optional.empty()
          : Optional.of(ScaledPlan.of(stages, gpus, flopsPerSecond, bytesPerSecond));
    }

    /** Workers by schedule, as {@code run} takes them. */
    Map<String, Integer> workers() {
      var workers = new LinkedHashMap<String, Integer>();
      if (recipe.transfer().isOn()) {
        workers.put("transfer.workers", recipe.transfer().workers());
        return workers;
      }
      workers.put("meta.workers", recipe.meta().workers());
      workers.put("incubation.workers", recipe.incubation().workers());
      workers.put("fine-tuning.workers", recipe.fineTuning().workers());
      if (recipe.higherResolution().isOn()) {
        workers.put("higher-resolution.workers", recipe.higherResolution().workers());
      }
      workers.put("end-to-end.workers", recipe.endToEnd().workers());
      return workers;
    }
  }

  /**
   * A plan in numbers.
   *
   * @param status that the verb did its work
   * @param stages of the method and those to compare with
   * @param method that is planned
   * @param tasks of modules
   * @param slots for tasks at once
   * @param waves of tasks
   * @param broadcastBytes of the meta model
   * @param seconds from the first stage's start to the last one's end; null where nobody told the
   *     speed
   * @param gpuDays of the method's training on one GPU; this and the next are null without {@code
   *     --gpus} and a speed
   * @param wallDays from its first stage's start to its last one's end, evaluations left out
   * @param serialShare of the wall in which one GPU computes at most
   * @param exchangeShare of the wall in which rounds are summed and handed on
   * @param workers by schedule; null without {@code --gpus}
   * @param configuration suggested settings
   * @param sums of the recipe's whole trainings; null of a transfer
   * @param warnings a line each
   * @param recipe its name
   * @param images to train on
   * @param classes of them
   * @param shards of each split; null where no data are given
   * @param trainSize what the training images take on a node; null where no data are given
   */
  record Facts(
      String status,
      List<StageFacts> stages,
      String method,
      int tasks,
      int slots,
      int waves,
      long broadcastBytes,
      @Nullable Double seconds,
      @Nullable Double gpuDays,
      @Nullable Double wallDays,
      @Nullable Double serialShare,
      @Nullable Double exchangeShare,
      @Nullable Map<String, Integer> workers,
      Map<String, String> configuration,
      @Nullable CostSums sums,
      List<String> warnings,
      String recipe,
      int images,
      int classes,
      @Nullable Map<String, Integer> shards,
      @Nullable SplitSize trainSize) {}

  private final TrainingPlan plan;
  private final Method method;
  private final List<Stage> ofMethod;
  private final List<Planned> stages;
  private final ClusterShape cluster;
  private final Map<String, Double> speeds;
  private final @Nullable CostSums sums;
  private final List<String> warnings;
  private final @Nullable Scale scale;

  /**
   * A plan on a cluster.
   *
   * @param plan the method's stages, and those to compare with
   * @param method that is planned
   * @param ofMethod its stages
   * @param cluster where they would run
   * @param speeds images a second by stage; empty where nobody told
   * @param sums of the recipe's whole trainings; null of a transfer
   * @param warnings a line each
   * @param scale GPUs that it is made for; null where nobody asked
   */
  PlanAnswer(
      TrainingPlan plan,
      Method method,
      List<Stage> ofMethod,
      ClusterShape cluster,
      Map<String, Double> speeds,
      @Nullable CostSums sums,
      List<String> warnings,
      @Nullable Scale scale) {
    this.scale = scale;
    this.plan = plan;
    this.method = method;
    this.ofMethod = List.copyOf(ofMethod);
    this.cluster = cluster;
    this.speeds = Map.copyOf(speeds);
    this.sums = sums;
    this.warnings = List.copyOf(warnings);
    stages = plan.stages();
  }

  static boolean isModule(Planned planned) {
    return planned.stage().module().isPresent();
  }

  private List<Planned> modules() {
    return stages.stream().filter(PlanAnswer::isModule).toList();
  }

  /** Tasks that train: those of modules, or of the whole networks where there are none. */
  private List<Planned> tasks() {
    return modules().isEmpty() ? stages : modules();
  }

  /** Waves of tasks until every module's workers had their turn. */
  private int waves() {
    return (moduleTaskCount() + cluster.slots() - 1) / cluster.slots();
  }

  private int moduleTaskCount() {
    return modules().stream().mapToInt(planned -> planned.stage().workers()).sum();
  }

  private List<Planned> own() {
    return stages.stream().filter(planned -> ofMethod.contains(planned.stage())).toList();
  }

  private Optional<ScaledPlan> scaled() {
    return Optional.ofNullable(scale).flatMap(asked -> asked.plan(own()));
  }

  private Optional<Double> seconds(Planned planned) {
    return Optional.ofNullable(speeds.get(planned.stage().name()))
        .map(speed -> planned.images() / speed);
  }

  /** From the start of the method's first stage to the end of its last, evaluations left out. */
  private Optional<Double> wallSeconds() {
    if (speeds.isEmpty()) {
      return Optional.empty();
    }
    if (scaled().isPresent()) {
      return scaled().map(ScaledPlan::wallSeconds);
    }
    List<Planned> own = own();
    double slowest =
        own.stream()
            .filter(PlanAnswer::isModule)
            .mapToDouble(planned -> seconds(planned).orElse(0.0))
            .max()
            .orElse(0);
    double whole =
        own.stream()
            .filter(planned -> !isModule(planned))
            .mapToDouble(planned -> seconds(planned).orElse(0.0))
            .sum();
    return Optional.of(whole + waves() * slowest);
  }

  /** Settings that fit the largest training task, in the order of Spark's documentation. */
  Map<String, String> configuration() {
    int atOnce = Math.max(1, cluster.tasksAtOnce());
    long task = tasks().stream().mapToLong(PlanAnswer::resident).max().orElse(0);
    long heap = WORKING_HEAP + 3 * plan.broadcastBytes() + atOnce * plan.batchBytes();
    var settings = new LinkedHashMap<String, String>();
    settings.put("spark.task.cpus", Integer.toString(cluster.taskThreads()));
    settings.put("spark.executor.cores", Integer.toString(cluster.taskThreads() * atOnce));
    settings.put("spark.executor.memory", mebibytes(heap));
    settings.put(
        "spark.executor.memoryOverhead",
        mebibytes(LIBRARY_BYTES + (cluster.gpus() ? 0 : atOnce * task)));
    if (cluster.gpus()) {
      settings.put("spark.executor.resource.gpu.amount", Integer.toString(atOnce));
      settings.put("spark.task.resource.gpu.amount", "1");
    }
    settings.put("spark.driver.extraJavaOptions", TrainingJava.OPTIONS);
    settings.put("spark.executor.extraJavaOptions", TrainingJava.OPTIONS);
    settings.put(CliSession.EXECUTOR_ALLOCATOR, CliSession.ALLOCATOR);
    return settings;
  }

  /** The allocator keeps up to twice what a step's activations need, rather than fragment. */
  private static long resident(Planned stage) {
    TrainingPlan.Memory memory = stage.memory();
    return 2 * memory.totalBytes() - memory.lastingBytes();
  }

  private static String mebibytes(long bytes) {
    return (bytes + MIB - 1) / MIB + "m";
  }

  List<String> lines(List<String> head) {
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "stage",
            "depths",
            "images",
            "training",
            "computed",
            "weights",
            "gradients",
            "optimizer",
            "activations",
            "time"));
    for (Planned planned : stages) {
      rows.add(
          List.of(
              planned.stage().name(),
              planned.stage().network().toString(),
              String.format(Locale.ROOT, "%,.0f", planned.images()),
              Quantities.flops(planned.cost().nominal()),
              Quantities.flops(planned.cost().computed()),
              Quantities.bytes(planned.memory().weightBytes()),
              Quantities.bytes(planned.memory().gradientBytes()),
              Quantities.bytes(planned.memory().optimizerBytes()),
              activations(planned),
              seconds(planned).map(Quantities::duration).orElse("-")));
    }
    var lines = new ArrayList<String>();
    lines.addAll(head);
    lines.add("");
    lines.addAll(Results.columns(rows));
    lines.add("");
    if (sums != null) {
      lines.addAll(sums.lines());
    }
    earlyStops().ifPresent(lines::add);
    warnings.forEach(warning -> lines.add(Answer.WARNING + warning));
    lines.add(
        modules().isEmpty()
            ? "No module is trained alone: stages follow each other."
            : moduleTasks());
    lines.addAll(rounds());
    lines.add(
        wallSeconds()
            .map(
                seconds ->
                    method.title() + " takes about " + Quantities.duration(seconds) + " here.")
            .orElse("For an estimate of time give --images-per-second, or --measure."));
    lines.add("");
    lines.add("Suggested settings:");
    configuration().forEach((key, value) -> lines.add("  --conf " + quoted(key + "=" + value)));
    return lines;
  }

  /** What rounds take, and what the GPUs make of it all. */
  private List<String> rounds() {
    var lines = new ArrayList<String>();
    for (Planned planned : own()) {
      if (planned.rounds() > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s: %d workers, %,d rounds; %s a round, and %s of moments that stay on the nodes",
                planned.stage().name(),
                planned.stage().workers(),
                planned.rounds(),
                Quantities.bytes(bytesARound(planned)),
                Quantities.bytes(planned.stage().workers() * planned.memory().optimizerBytes())));
      }
    }
    if (scale != null) {
      lines.add(
          "Workers: "
              + scale.workers().entrySet().stream()
                  .map(entry -> "--set " + entry.getKey() + "=" + entry.getValue())
                  .collect(Collectors.joining(" ")));
      scaled().ifPresent(plan -> lines.add(days(plan, scale.gpus())));
    }
    return lines;
  }

  private static String days(ScaledPlan plan, int gpus) {
    return String.format(
        Locale.ROOT,
        "%d GPUs: %.2f GPU days, %.2f days; one GPU alone computes %s of the time, rounds are"
            + " exchanged %s of it",
        gpus,
        plan.gpuSeconds() / SECONDS_A_DAY,
        plan.wallSeconds() / SECONDS_A_DAY,
        Quantities.percent(plan.serialSeconds() / plan.wallSeconds()),
        Quantities.percent(plan.exchangeSeconds() / plan.wallSeconds()));
  }

  /** What all workers read at its beginning and hand in at its end. */
  private static long bytesARound(Planned planned) {
    return 2L * planned.stage().workers() * planned.exchangedBytes();
  }

  /** Which stages may take less than is planned. */
  private Optional<String> earlyStops() {
    List<String> names =
        stages.stream()
            .map(Planned::stage)
            .filter(stage -> stage.schedule().best().stops())
            .map(Stage::name)
            .toList();
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of("At most, since these may stop early: " + String.join(", ", names));
  }

  /** One word of a shell. */
  private static String quoted(String setting) {
    return setting.contains(" ") ? "'" + setting + "'" : setting;
  }

  private String moduleTasks() {
    return String.format(
        Locale.ROOT,
        "%d module tasks on %d slots of %s: %d waves; the broadcast meta model takes %s of heap",
        moduleTaskCount(),
        cluster.slots(),
        cluster.master(),
        waves(),
        Quantities.bytes(plan.broadcastBytes()));
  }

  private static String activations(Planned stage) {
    Long bytes = stage.memory().activationBytes();
    return bytes == null ? "-" : Quantities.bytes(bytes);
  }

  /** The answer's JSON: the plan, and what it was made for. */
  Facts facts(
      String recipe,
      int images,
      int classes,
      @Nullable Map<String, Integer> shards,
      @Nullable SplitSize trainSize) {
    return new Facts(
        "done",
        stages.stream().map(this::facts).toList(),
        method.name(),
        moduleTaskCount(),
        cluster.slots(),
        waves(),
        plan.broadcastBytes(),
        wallSeconds().orElse(null),
        scaled().map(found -> found.gpuSeconds() / SECONDS_A_DAY).orElse(null),
        scaled().map(found -> found.wallSeconds() / SECONDS_A_DAY).orElse(null),
        scaled().map(found -> found.serialSeconds() / found.wallSeconds()).orElse(null),
        scaled().map(found -> found.exchangeSeconds() / found.wallSeconds()).orElse(null),
        scale == null ? null : scale.workers(),
        configuration(),
        sums,
        warnings,
        recipe,
        images,
        classes,
        shards,
        trainSize);
  }

  private StageFacts facts(Planned planned) {
    return new StageFacts(
        planned.stage().name(),
        planned.stage().network().toString(),
        planned.images(),
        planned.perImage().nominal(),
        planned.cost().nominal(),
        planned.cost().computed(),
        planned.memory(),
        seconds(planned).orElse(null),
        planned.rounds() == 0 ? null : planned.stage().workers(),
        planned.rounds() == 0 ? null : planned.rounds(),
        planned.rounds() == 0 ? null : bytesARound(planned));
  }
}
