package io.deepincubation.spark.cli;

import io.deepincubation.core.inference.ModelFolder;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.network.VisionTransformer;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.recipe.TransferRecipe.Task;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "transfer",
    description = "Trains a trained network, the backbone, on a dense task.")
final class Transfer extends StageVerb {

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description = "segmentation or detection; default the recipe's transfer.task.")
  private @Nullable Task task;

  @Option(
      names = "--backbone",
      paramLabel = "URI",
      description =
          "The folder of a trained vision transformer: final of a run, a baseline's, an exported"
              + " one, or one that timm saved. It tells the network's size. Without it the recipe's"
              + " network begins at random.")
  private @Nullable String backbone;

  @Override
  Method method() {
    return new io.deepincubation.core.method.Transfer();
  }

  @Override
  Recipe recipe(Recipe given, StorageFactory storages) {
    var overrides = new ArrayList<String>();
    if (task != null) {
      overrides.add("transfer.task=" + task.name().toLowerCase(Locale.ROOT));
    }
    if (backbone != null) {
      overrides.addAll(ofBackbone(backbone, storages));
    }
    Recipe recipe = RecipeYaml.override(given, overrides);
    if (!recipe.transfer().isOn()) {
      throw new UsageException(
          "Cannot transfer: expected --task, or a recipe with transfer.task, got neither");
    }
    return recipe;
  }

  private static List<String> ofBackbone(String uri, StorageFactory storages) {
    ModelFolder model = ModelFolder.open(storages.open(uri));
    if (!(model.architecture() instanceof VisionTransformer network)) {
      throw new UsageException(
          String.format(
              Locale.ROOT,
              "Cannot transfer the network of %s: expected a vision transformer, got a %s",
              uri,
              model.architecture().getClass().getSimpleName()));
    }
    return List.of(
        "initial-weights=" + uri,
        "model.image=" + network.image(),
        "model.patch=" + network.patch(),
        "model.width=" + network.width(),
        "model.heads=" + network.heads(),
        "model.depth=" + model.division().depth(),
        "division.modules=" + model.division().moduleCount(),
        "division.depths=" + model.division().depths());
  }
}
