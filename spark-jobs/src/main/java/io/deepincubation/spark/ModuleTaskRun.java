package io.deepincubation.spark;

import ai.djl.Device;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.data.UnfitDataException;
import io.deepincubation.core.incubation.ModuleIncubation;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.TaskContext;

/** What a module's task does on its executor. */
final class ModuleTaskRun {

  private final TaskFacts facts;
  private final StorageFactory storages;
  private final Consumer<StageProgress> progress;

  ModuleTaskRun(TaskFacts facts, StorageFactory storages, Consumer<StageProgress> progress) {
    this.facts = facts;
    this.storages = storages;
    this.progress = progress;
  }

  /** Incubates a module unless another attempt has committed it. */
  StageResult incubate(int moduleIndex, byte[][][] meta, TaskContext task) {
    var folder =
        new RunFolder(storages.open(facts.runUri()), facts.settings().checkpoints()).ofTask();
    Optional<StageResult> committed = folder.result(Stages.module(moduleIndex));
    if (committed.isPresent()) {
      return committed.get();
    }
    int localOrdinal = facts.settings().local() ? moduleIndex : -1;
    Device device = Devices.choose(facts.settings().device(), task.resourcesJMap(), localOrdinal);
    var compute = new Compute(device, facts.arithmetic(), facts.threads());
    return new ModuleIncubation(context(folder), compute, task.attemptNumber())
        .incubate(moduleIndex, MetaWeights.decode(meta));
  }

  private RunContext context(RunFolder folder) {
    Recipe recipe = RecipeYaml.parse(facts.recipe(), "of the run", List.of());
    PreparedImages images = PreparedImages.open(storages.open(facts.dataUri()), recipe);
    if (!images.digest().equals(facts.dataDigest())) {
      throw new UnfitDataException(
          String.format(
              "Cannot go on with the data of %s: expected digest %s, got %s; it was prepared anew"
                  + " while the run went on",
              facts.dataUri(), facts.dataDigest(), images.digest()));
    }
    return new RunContext(
        recipe, images.architecture(), images.load(facts.settings().cache()), folder, progress);
  }
}
