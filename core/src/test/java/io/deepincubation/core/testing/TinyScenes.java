package io.deepincubation.core.testing;

import io.deepincubation.core.data.batch.SceneSamples;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.data.set.PreparedSet;
import io.deepincubation.core.data.set.SceneKind;
import io.deepincubation.core.method.Architectures;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.StartingWeights;
import io.deepincubation.core.method.TrainingData;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.TransferRecipe;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.Storage;
import io.deepincubation.core.training.Attempt;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Transfers to dense tasks that take a second. */
public final class TinyScenes {

  /** Images of each split with masks. */
  public static final int IMAGES_WITH_MASKS = 24;

  /** Images of each split with objects. */
  public static final int IMAGES_WITH_OBJECTS = 44;

  private static final int SHARD_SIZE = 8;

  /** What a recipe of {@link TinyRuns} has for {@link TestScenes}' classes of pixels. */
  public static final List<String> SEGMENTATION =
      List.of(
          "batch.size=8",
          "optimizer.rate=0.2",
          "schedule.decay=polynomial",
          "transfer.task=segmentation",
          "transfer.head-rate=5",
          "transfer.layer-decay=0.9",
          "transfer.warm-up-epochs=0",
          "segmentation.channels=8",
          "segmentation.auxiliary-channels=8",
          "scene.long-side=32",
          "scene.short-side=24",
          "scene.crop=16",
          "scene.least-ratio=0.8",
          "scene.most-ratio=1.2");

  /** The same for their objects; every fourth image has a crowd alone. */
  public static final List<String> DETECTION =
      List.of(
          "batch.size=6",
          "optimizer.rate=0.2",
          "schedule.decay=steps",
          "schedule.drops=[0.75]",
          "transfer.task=detection",
          "transfer.clip-norm=5",
          "transfer.warm-up-epochs=0",
          "transfer.stochastic-depth=0",
          "detection.window=0",
          "detection.channels=16",
          "detection.levels=4",
          "detection.anchor-size=4",
          "detection.anchors=32",
          "detection.training-proposals-per-level=40",
          "detection.proposals-per-level=40",
          "detection.proposals=30",
          "detection.regions=12",
          "detection.foreground=6",
          "detection.region-size=48",
          "detection.box-width=32",
          "detection.mask-convolutions=1",
          "scene.long-side=32",
          "scene.short-side=24",
          "scene.short-sides=[24]",
          "scene.crop=32",
          "scene.photometric=false");

  private TinyScenes() {}

  /** A recipe with other keys behind those of the task. */
  public static Recipe segmentation(int epochs, String... overrides) {
    return recipe(SEGMENTATION, epochs, overrides);
  }

  /** A recipe with other keys behind those of the task. */
  public static Recipe detection(int epochs, String... overrides) {
    return recipe(DETECTION, epochs, overrides);
  }

  private static Recipe recipe(List<String> task, int epochs, String... overrides) {
    List<String> all =
        Stream.of(task.stream(), Stream.of("transfer.epochs=" + epochs), Stream.of(overrides))
            .flatMap(some -> some)
            .toList();
    return RecipeYaml.override(TinyRuns.recipe(1), all);
  }

  /**
   * A run.
   *
   * @param folder where the set is prepared, and images are kept
   * @param recipe of a dense task
   * @param run its folder
   * @param storages where initial weights lie
   * @param observer told what happens
   */
  public static RunContext context(
      Path folder,
      Recipe recipe,
      RunFolder run,
      Function<String, Storage> storages,
      RunObserver observer) {
    PreparedSet set = prepared(new LocalStorage(folder.resolve("set")), recipe);
    var cache = new LocalImageCache(folder.resolve("cache"), 1 << 20);
    Architecture architecture = Architectures.of(recipe, TestScenes.CLASSES.size());
    SceneSamples val = samples(set, "val", recipe, cache);
    return new RunContext(
        architecture,
        StartingWeights.of(recipe, architecture, null, storages),
        new TrainingData(
            samples(set, "train", recipe, cache),
            val,
            val,
            set.index().classes(),
            set.index().digest(),
            null),
        run,
        run.commits(),
        observer,
        Attempt.HERE);
  }

  private static PreparedSet prepared(Storage storage, Recipe recipe) {
    return recipe.transfer().task() == TransferRecipe.Task.DETECTION
        ? TestScenes.detection(storage, IMAGES_WITH_OBJECTS, SHARD_SIZE)
        : TestScenes.segmentation(storage, IMAGES_WITH_MASKS, SHARD_SIZE);
  }

  private static SceneSamples samples(
      PreparedSet set, String split, Recipe recipe, LocalImageCache cache) {
    SceneKind kind = SceneKind.valueOf(recipe.transfer().task().name());
    return new SceneSamples(cache.openScenes(set, split, kind), recipe.scene());
  }
}
