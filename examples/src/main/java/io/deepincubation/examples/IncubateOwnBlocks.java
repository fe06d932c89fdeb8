package io.deepincubation.examples;

import ai.djl.Device;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.PreparedSetWriter;
import io.deepincubation.core.data.source.ImageSource;
import io.deepincubation.core.data.source.SyntheticShapes;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.BlockArchitecture;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.storage.LocalStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Trains modules made of plain DJL blocks, in this process and without Spark.
 *
 * <p>Argument: a folder for images, cache and results.
 */
public final class IncubateOwnBlocks {

  private static final int SIDE = 16;
  private static final int WIDTH = 48;
  private static final int MODULES = 2;

  private IncubateOwnBlocks() {}

  /** Runs the whole method on drawn images and prints the accuracy. */
  public static void main(String[] args) {
    IncubationReport report = incubate(Path.of(args[0]));
    System.out.printf(
        Locale.ROOT,
        "target model: %.1f %%%n",
        100 * report.model().measuredAccuracy().orElse(0.0));
  }

  static IncubationReport incubate(Path folder) {
    TrainingData data = draw(folder);
    Recipe recipe =
        Recipes.resolve(
            "quickstart",
            List.of(
                "model.image=" + SIDE,
                "model.depth=4",
                "division.modules=" + MODULES,
                "meta.epochs=3",
                "incubation.epochs=3",
                "incubation.start=random", // own blocks do not grow
                "fine-tuning.epochs=2"));
    var architecture =
        new BlockArchitecture(
            new Shape(3, SIDE, SIDE),
            data.classes(),
            (moduleIndex, depth) -> module(moduleIndex, depth, data.classes()));
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    var run = new RunFolder(new LocalStorage(folder.resolve("run")));
    var context = new RunContext(architecture, data, run, RunObserver.NONE);
    return MethodRun.inProcess(new DeepIncubation(), recipe, context, compute, /* slots= */ 2)
        .run();
  }

  /** Flattens in the first module, classifies in the last, and has one hidden layer per depth. */
  private static Block module(int moduleIndex, int depth, int classes) {
    var block = new SequentialBlock();
    if (moduleIndex == 0) {
      block.add(Blocks.batchFlattenBlock());
    }
    for (int layer = 0; layer < depth; layer++) {
      block.add(Linear.builder().setUnits(WIDTH).build()).add(Activation.reluBlock());
    }
    if (moduleIndex == MODULES - 1) {
      block.add(Linear.builder().setUnits(classes).build());
    }
    return block;
  }

  private static TrainingData draw(Path folder) {
    var storage = new LocalStorage(folder.resolve("data"));
    new PreparedSetWriter(storage).write(new SyntheticShapes(1, SIDE, 600, 240), 1, 600);
    PreparedSet set = PreparedSet.open(storage);
    var cache = new LocalImageCache(folder.resolve("cache"), 1 << 24);
    return new TrainingData(
        cache.open(set, ImageSource.TRAIN),
        cache.open(set, ImageSource.TEST),
        set.index().classNames(),
        set.index().digest());
  }
}
