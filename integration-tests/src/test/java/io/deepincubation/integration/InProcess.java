package io.deepincubation.integration;

import ai.djl.Device;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.Stages;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.Recipes;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.storage.LocalStorage;
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
    var context = new RunContext(Architectures.of(recipe, classes), data, folder, RunObserver.NONE);
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, /* threads= */ 1);
    MethodRun incubation =
        MethodRun.inProcess(new DeepIncubation(), recipe, context, compute, /* slots= */ 1);
    incubation.run(stage -> stage.name().equals(Stages.META));
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      String module = Stages.module(i);
      long start = System.nanoTime();
      incubation.run(stage -> stage.name().equals(module));
      System.out.println((System.nanoTime() - start) / 1e9);
    }
    System.exit(0); // as the command line does: the engine's threads would keep the process alive
  }
}
