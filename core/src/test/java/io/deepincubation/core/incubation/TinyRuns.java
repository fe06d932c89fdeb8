package io.deepincubation.core.incubation;

import ai.djl.Device;
import io.deepincubation.core.checkpoint.LocalStorage;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.data.ImageTable;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.random.RandomStream;
import io.deepincubation.core.recipe.AugmentationRecipe;
import io.deepincubation.core.recipe.BatchRecipe;
import io.deepincubation.core.recipe.DivisionRecipe;
import io.deepincubation.core.recipe.LossRecipe;
import io.deepincubation.core.recipe.ModelRecipe;
import io.deepincubation.core.recipe.OptimizerRecipe;
import io.deepincubation.core.recipe.Precision;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.ScheduleRecipe;
import io.deepincubation.core.recipe.StageRecipe;
import io.deepincubation.core.training.StageProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Runs small enough for a test: seconds, not minutes. */
final class TinyRuns {

  static final int CLASSES = 4;
  static final int MODULES = 2;
  static final Compute COMPUTE = new Compute(Device.cpu(), Arithmetic.FP32, 1);

  private static final int SIDE = 16;

  static final List<String> CLASS_NAMES =
      IntStream.range(0, CLASSES).mapToObj(label -> "class " + label).toList();

  private TinyRuns() {}

  static Recipe recipe(int epochs) {
    var stage = new StageRecipe(epochs, 0, 0.1, 1, 1);
    return new Recipe(
        "tiny",
        7,
        Precision.FP32,
        new ModelRecipe(ModelRecipe.Family.VIT, 4, 16, 2, 4, SIDE, 0),
        "",
        new DivisionRecipe(MODULES, List.of(), List.of()),
        new BatchRecipe(16, 1, false),
        new OptimizerRecipe(OptimizerRecipe.Rule.ADAMW, 0.1, 0.05, 0.9, 0.999, 1e-8, 0),
        new ScheduleRecipe(1e-5, 1e-6, ScheduleRecipe.Unit.STEP),
        new LossRecipe(0.1),
        new AugmentationRecipe(2, false, true, 0, 0, 0.8, 1, 0.25, 1),
        stage,
        stage,
        stage,
        stage);
  }

  static RunContext context(Path folder, Recipe recipe) {
    return context(folder, recipe, progress -> {});
  }

  static RunContext context(Path folder, Recipe recipe, Consumer<StageProgress> progress) {
    TrainingData data = new TrainingData(images(96, 1), images(48, 2), CLASS_NAMES, "test");
    return new RunContext(
        recipe,
        Architectures.of(recipe.model(), CLASSES),
        data,
        new RunFolder(new LocalStorage(folder)),
        progress);
  }

  static DeepIncubation incubation(RunContext context, int slots) {
    return new DeepIncubation(context, COMPUTE, new LocalModuleTasks(context, COMPUTE, slots));
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
