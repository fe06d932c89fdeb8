package io.deepincubation.spark.cli;

import ai.djl.Device;
import io.deepincubation.core.bench.InferenceBenchmark;
import io.deepincubation.core.bench.TrainingBenchmark;
import io.deepincubation.core.bench.TrainingBenchmark.Speed;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.text.Quantities;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.spark.cluster.Devices;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "bench",
    description =
        "Times training steps on this machine's GPU or processor: end to end, meta model and each"
            + " hybrid network, beside the peak of matrix products; and how fast the model"
            + " classifies.")
final class Bench extends Verb {

  private static final int DEFAULT_CLASSES = 100;

  /** By then Java has compiled what a step runs, and no longer takes processors from it. */
  private static final double WARM_UP_SECONDS = 3;

  @Mixin private final RecipeOptions.Known recipe = new RecipeOptions.Known("cifar100-small");

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "P",
      defaultValue = "fp32,bf16",
      description = "fp32, bf16 or both with a comma; default ${DEFAULT-VALUE}.")
  private List<Arithmetic> precisions = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "7",
      description = "Timed steps of each network; default ${DEFAULT-VALUE}.")
  private int steps = 7;

  @Option(names = "--threads", paramLabel = "N", description = "Processors; default all.")
  private @Nullable Integer threads;

  /** The answer's JSON. */
  private record Facts(
      String status,
      String recipe,
      int batch,
      String device,
      int threads,
      List<Speed> speeds,
      List<InferenceBenchmark.Speed> inference) {}

  @Override
  Answer answer() {
    int processors = Runtime.getRuntime().availableProcessors();
    int width = threads == null ? processors : threads;
    if (steps < 1 || width < 1 || width > processors) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot time steps: expected --steps from 1 and --threads from 1 to %d, got %d and"
                  + " %d",
              processors,
              steps,
              width));
    }
    Device device = Devices.ofThisProcess();
    Recipe resolved = recipe.recipe();
    int classes = resolved.model().classes() == 0 ? DEFAULT_CLASSES : resolved.model().classes();
    var benchmark = new TrainingBenchmark(resolved, classes, WARM_UP_SECONDS, steps);
    var speeds = new ArrayList<Speed>();
    var inference = new InferenceBenchmark(resolved, classes, WARM_UP_SECONDS, steps);
    var classifying = new ArrayList<InferenceBenchmark.Speed>();
    for (Arithmetic precision : precisions) {
      var compute = new Compute(device, precision, width);
      speeds.addAll(benchmark.run(compute));
      classifying.add(inference.run(compute));
    }
    return answer(resolved, device, width, speeds, classifying);
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f ms", 1000 * seconds);
  }

  private static String bytes(@Nullable Long bytes) {
    return bytes == null ? "-" : Quantities.bytes(bytes);
  }

  private static Answer answer(
      Recipe recipe,
      Device computing,
      int width,
      List<Speed> speeds,
      List<InferenceBenchmark.Speed> classifying) {
    String device = new Attempt("", 0, List.of()).device(computing);
    boolean onGpu = computing.isGpu();
    var rows = new ArrayList<List<String>>();
    rows.add(
        List.of(
            "network",
            "depths",
            "precision",
            "per image",
            "images/s",
            "per second",
            "of peak",
            "forward",
            "backward",
            "optimizer",
            "data",
            "memory",
            "planned"));
    for (Speed speed : speeds) {
      rows.add(
          List.of(
              speed.network(),
              speed.division().toString(),
              speed.arithmetic().name().toLowerCase(Locale.ROOT),
              Quantities.flops(speed.flopsPerImage()),
              String.format(Locale.ROOT, "%.1f", speed.imagesPerSecond()),
              Quantities.flops(speed.flopsPerSecond()),
              Quantities.percent(speed.flopsPerSecond() / speed.peak()),
              milliseconds(speed.forwardSeconds()),
              milliseconds(speed.backwardSeconds()),
              milliseconds(speed.optimizerSeconds()),
              milliseconds(speed.dataSeconds()),
              bytes(speed.stepBytes()),
              bytes(speed.plannedBytes())));
    }
    var lines = new ArrayList<>(Results.columns(rows));
    lines.add(
        String.format(
            Locale.ROOT,
            "%s, batch %d, %s, %d threads; medians of a step. Data: what one thread takes to make"
                + " its images, beside the others. Memory: gradients, optimizer and activations.",
            recipe.name(),
            recipe.batch().size(),
            device,
            width));
    for (InferenceBenchmark.Speed speed : classifying) {
      lines.add(
          String.format(
              Locale.ROOT,
              "Classifying, %s: %.1f images/s %s.",
              speed.arithmetic().name().toLowerCase(Locale.ROOT),
              speed.imagesPerSecondOfCore(),
              onGpu ? "on " + device : "of a core, all " + speed.cores() + " at once"));
    }
    return new Answer(
        lines,
        new Facts(
            "done", recipe.name(), recipe.batch().size(), device, width, speeds, classifying));
  }
}
