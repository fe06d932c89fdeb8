package io.deepincubation.core.testing;

import ai.djl.Device;
import io.deepincubation.core.data.batch.ImageSamples;
import io.deepincubation.core.data.set.ImageTable;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.storage.LocalStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Runs small enough for a test: seconds, not minutes. */
public final class TinyRuns {

  public static final int CLASSES = 4;
  public static final int MODULES = 2;
  public static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);

  private static final int SIDE = 16;

  static final List<String> CLASS_NAMES =
      IntStream.range(0, CLASSES).mapToObj(label -> "class " + label).toList();

  private TinyRuns() {}

  public static Recipe recipe(int epochs) {
    String stage =
        "{epochs: " + epochs + ", warm-up-epochs: 0, stochastic-depth: 0.1, clip-norm: 1}";
    return RecipeYaml.parse(
        String.format(
            Locale.ROOT,
            """
            name: tiny
            seed: 7
            precision: fp32
            model: {depth: 4, width: 16, heads: 2, patch: 4, image: %d}
            division: {modules: %d}
            batch: {size: 16, accumulation: 1}
            optimizer: {rate: 0.1}
            schedule: {unit: step}
            augmentation: {crop-padding: 2, rand-augment: 0, color-jitter: 0, repeats: 1}
            meta: %3$s
            incubation: %3$s
            fine-tuning: %3$s
            end-to-end: %3$s
            """,
            SIDE,
            MODULES,
            stage),
        "tiny.yaml",
        List.of());
  }

  public static RunContext context(Path folder, Recipe recipe) {
    return context(folder, recipe, progress -> {});
  }

  public static RunContext context(
      Path folder, Recipe recipe, Consumer<RunEvent.Interval> progress) {
    TrainingData data = new TrainingData(images(96, 1), images(48, 2), CLASS_NAMES, "test");
    return new RunContext(
        Architectures.of(recipe, CLASSES),
        data,
        new RunFolder(new LocalStorage(folder)),
        RunObserver.ofIntervals(progress));
  }

  /** The same images, with others for curves and choices. */
  public static TrainingData validated(TrainingData data) {
    return new TrainingData(
        data.train(),
        new ImageSamples(images(32, 3)),
        data.test(),
        data.classes(),
        data.digest(),
        data.texts());
  }

  /** Deep Incubation in threads of this process. */
  public static IncubationReport incubate(RunContext context, Recipe recipe, int slots) {
    return run(new DeepIncubation(), context, recipe, slots).run();
  }

  /** A method in threads of this process. */
  public static MethodRun run(Method method, RunContext context, Recipe recipe, int slots) {
    return run(method, context, recipe, COMPUTE, slots);
  }

  /** A method in threads of this process. */
  public static MethodRun run(
      Method method, RunContext context, Recipe recipe, Compute compute, int slots) {
    return MethodRun.inProcess(method, recipe, context, compute, slots);
  }

  /** Images whose colour tells their class, under noise. */
  private static ImageTable images(int count, long seed) {
    var pixels = new byte[count * 3 * SIDE * SIDE];
    var labels = new int[count];
    for (int i = 0; i < count; i++) {
      var random = RandomStream.of(seed, i);
      labels[i] = i % CLASSES;
      for (int p = 0; p < 3 * SIDE * SIDE; p++) {
        int colour = 60 * labels[i] * (p / (SIDE * SIDE) == labels[i] % 3 ? 1 : 0);
        pixels[i * 3 * SIDE * SIDE + p] = (byte) (colour + random.nextInt(70));
      }
    }
    return ImageTable.of(pixels, labels, SIDE, SIDE);
  }
}
