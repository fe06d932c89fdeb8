package io.deepincubation.integration;

import ai.djl.Device;
import io.deepincubation.core.checkpoint.LocalStorage;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.data.LocalImageCache;
import io.deepincubation.core.data.PreparedSet;
import io.deepincubation.core.incubation.Architectures;
import io.deepincubation.core.incubation.DeepIncubation;
import io.deepincubation.core.incubation.LocalModuleTasks;
import io.deepincubation.core.incubation.ModuleIncubation;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.network.Weights;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import java.nio.file.Path;
import java.util.List;

/** Deep Incubation without Spark: incubates a recipe's modules one by one, and tells the times. */
final class InProcess {

  private static final long CACHE_BYTES = 1L << 30;

  private InProcess() {}

  /**
   * Pre-trains the meta model, incubates the first modules, and writes a line of seconds for each.
   *
   * @param args recipe, prepared images, the folder of the run, how many modules, and values that
   *     the recipe shall have
   */
  public static void main(String[] args) {
    Recipe recipe = Recipes.resolve(args[0], List.of(args).subList(4, args.length));
    PreparedSet set = PreparedSet.open(LocalStorage.of(args[1]));
    int classes = set.index().classNames().size();
    var cache = new LocalImageCache(Path.of(args[2], "cache"), CACHE_BYTES);
    var data =
        new TrainingData(
            cache.open(set, "train"),
            cache.open(set, "test"),
            set.index().classNames(),
            set.index().digest());
    var folder = new RunFolder(LocalStorage.of(args[2]));
    var context =
        new RunContext(
            recipe, Architectures.of(recipe.model(), classes), data, folder, progress -> {});
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 1);
    var incubation =
        new DeepIncubation(
            context, compute, new LocalModuleTasks(context, compute, /* slots= */ 1));
    List<Weights> meta = folder.weights(incubation.preTrainMetaModel());
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      long start = System.nanoTime();
      new ModuleIncubation(context, compute).incubate(i, meta);
      System.out.println((System.nanoTime() - start) / 1e9);
    }
    System.exit(0); // as the command line does: the engine's threads would keep the process alive
  }
}
