package io.deepincubation.core.bench;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.deepincubation.core.data.augment.BatchKey;
import io.deepincubation.core.data.batch.Batch;
import io.deepincubation.core.division.ModularDivision;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.ModularNetwork;
import io.deepincubation.core.network.StochasticDepth;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.training.Classification;
import io.deepincubation.core.training.StepKey;
import io.deepincubation.core.training.TaskObjective;
import io.deepincubation.core.training.TrainingStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where a training step's time goes, by operator and the shapes of what it is given, as libtorch's
 * own profiler tells it: DeiT-T-12 end to end, one thread. {@code docs/performance.md} tells the
 * command.
 */
@EnabledIfSystemProperty(named = "deepincubation.benchmark", matches = "true")
class OperatorProfile {

  private static final int IMAGES = 32;
  private static final int CLASSES = 100;
  private static final int WARM_STEPS = 15;
  private static final int STEPS = 10;
  private static final int LINES = 32;

  private final Recipe recipe = EngineBenchmark.deitTiny12(IMAGES);

  private final Architecture architecture = Architectures.of(recipe, CLASSES);

  @TempDir private Path folder;

  /**
   * Time that an operator spends itself, without those that it calls.
   *
   * @param calls of all steps
   * @param micros of all calls
   */
  private record SelfTime(int calls, double micros) {
    SelfTime plus(double more) {
      return new SelfTime(calls + 1, micros + more);
    }
  }

  /** An operator that runs while its callers wait. */
  private static final class Running {
    final JsonObject event;
    double called;

    Running(JsonObject event) {
      this.event = event;
    }

    double end() {
      return start(event) + duration(event);
    }
  }

  @Test
  void printsWhereAStepSpendsItsTime() throws IOException {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      Path trace = folder.resolve(arithmetic.name());
      double seconds = profile(new Compute(Device.cpu(), arithmetic, /* threads= */ 1), trace);
      print(arithmetic, seconds, selfTimes(trace));
    }
  }

  /** Trains, the last steps under libtorch's profiler; gives their seconds. */
  private double profile(Compute compute, Path trace) {
    ModularDivision division = recipe.targetDivision();
    List<Weights> weights = architecture.initialWeights(division, recipe.seed(), "profile");
    try (var network = new ModularNetwork(architecture, division, weights, compute)) {
      var objective =
          new TaskObjective(
              network,
              new Classification(architecture.classes(), 0),
              division.allModules(),
              StochasticDepth.OFF,
              /* recompute= */ false);
      try (var training =
          new TrainingStep(objective, network.manager(), recipe, /* clipNorm= */ 0, compute)) {
        Batch batch = randomBatch();
        for (int i = 0; i < WARM_STEPS; i++) {
          step(training, batch, i);
        }
        JniUtils.startProfile(/* useCuda= */ false, /* recordShape= */ true, false);
        long start = System.nanoTime();
        for (int i = 0; i < STEPS; i++) {
          step(training, batch, WARM_STEPS + i);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        JniUtils.stopProfile(trace.toString());
        return seconds;
      }
    }
  }

  private void step(TrainingStep training, Batch batch, int index) {
    var key = new BatchKey(recipe.seed(), "profile", -1);
    training.gather(batch, new StepKey(key, /* epoch= */ 0, index, IMAGES));
    training.update(1e-5);
  }

  private Batch randomBatch() {
    var random = RandomStream.of(recipe.seed());
    var images = new float[IMAGES * (int) architecture.inputShape().size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextInt(256) / 128f - 1;
    }
    var targets = new float[IMAGES * CLASSES];
    for (int i = 0; i < IMAGES; i++) {
      targets[i * CLASSES + i] = 1;
    }
    return new Batch(images, targets, IMAGES);
  }

  /** By the operator's name and shapes. All events are of one thread, so they nest. */
  private static Map<String, SelfTime> selfTimes(Path trace) throws IOException {
    var events = new ArrayList<JsonObject>();
    for (JsonElement event : JsonParser.parseString(Files.readString(trace)).getAsJsonArray()) {
      if (event.isJsonObject() && event.getAsJsonObject().has("dur")) {
        events.add(event.getAsJsonObject());
      }
    }
    events.sort(
        Comparator.comparingDouble(OperatorProfile::start)
            .thenComparing(Comparator.comparingDouble(OperatorProfile::duration).reversed()));
    var times = new HashMap<String, SelfTime>();
    var open = new ArrayDeque<Running>();
    for (JsonObject event : events) {
      while (!open.isEmpty() && open.peek().end() <= start(event)) {
        close(open.pop(), times);
      }
      if (!open.isEmpty()) {
        open.peek().called += duration(event);
      }
      open.push(new Running(event));
    }
    open.forEach(running -> close(running, times));
    return times;
  }

  private static void close(Running running, Map<String, SelfTime> times) {
    String name = running.event.get("name").getAsString() + shapes(running.event);
    double own = duration(running.event) - running.called;
    times.put(name, times.getOrDefault(name, new SelfTime(0, 0)).plus(own));
  }

  /** Of its tensors: scalars, and what else lies on the program's stack, have none. */
  private static String shapes(JsonObject event) {
    var shapes = new StringBuilder();
    for (JsonElement shape : event.getAsJsonArray("shape")) {
      if (!shape.getAsJsonArray().isEmpty()) {
        shapes.append(' ').append(shape);
      }
    }
    return shapes.toString();
  }

  private static double start(JsonObject event) {
    return event.get("ts").getAsDouble();
  }

  private static double duration(JsonObject event) {
    return event.get("dur").getAsDouble();
  }

  private void print(Arithmetic arithmetic, double seconds, Map<String, SelfTime> times) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.1f ms a step of %d images, profiled%n%9s %7s %7s  operator%n",
        arithmetic,
        1e3 * seconds / STEPS,
        IMAGES,
        "ms",
        "share",
        "calls");
    times.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -entry.getValue().micros()))
        .limit(LINES)
        .forEach(
            entry ->
                System.out.printf(
                    Locale.ROOT,
                    "%9.2f %6.1f%% %7d  %s%n",
                    entry.getValue().micros() / 1e3 / STEPS,
                    entry.getValue().micros() / 1e4 / seconds,
                    entry.getValue().calls() / STEPS,
                    entry.getKey()));
  }
}
