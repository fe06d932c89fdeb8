package io.deepincubation.spark;

import ai.djl.Device;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.StageResult;
import io.deepincubation.core.data.UnfitDataException;
import io.deepincubation.core.incubation.DeepIncubation;
import io.deepincubation.core.incubation.LocalModuleTasks;
import io.deepincubation.core.incubation.ModuleIncubation;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.Stages;
import io.deepincubation.core.incubation.StartingWeights;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeYaml;
import io.deepincubation.core.training.StageProgress;
import io.deepincubation.core.training.TaskPlace;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a stage's task does on its executor. */
final class StageTaskRun {

  private static final Logger LOG = LoggerFactory.getLogger(StageTaskRun.class);

  private final TaskFacts facts;
  private final StorageFactory storages;
  private final Consumer<StageProgress> progress;

  StageTaskRun(TaskFacts facts, StorageFactory storages, Consumer<StageProgress> progress) {
    this.facts = facts;
    this.storages = storages;
    this.progress = progress;
  }

  /**
   * Computes a stage unless another attempt has committed it.
   *
   * @param stage a module's or a whole network's
   * @param meta the meta model's modules, for a module's stage
   * @param task Spark's
   */
  StageResult compute(String stage, Broadcast<byte[][][]> meta, TaskContext task) {
    var folder =
        new RunFolder(storages.open(facts.runUri()), facts.settings().checkpoints()).ofTask();
    Optional<StageResult> committed = folder.result(stage);
    return committed.isPresent() ? committed.get() : compute(stage, meta, folder, task);
  }

  private StageResult compute(
      String stage, Broadcast<byte[][][]> meta, RunFolder folder, TaskContext task) {
    OptionalInt moduleIndex = Stages.moduleIndex(stage);
    List<String> gpus = Devices.assigned(task.resourcesJMap());
    int localOrdinal = facts.settings().local() ? moduleIndex.orElse(0) : -1;
    Device device = Devices.choose(facts.settings().device(), gpus, localOrdinal);
    var place = new TaskPlace(SparkEnv.get().executorId(), task.attemptNumber(), gpus);
    LOG.info("Stage {} computes on {}", stage, place.device(device));
    RunContext context = context(folder, place);
    var compute = new Compute(device, facts.arithmetic(), facts.threads());
    if (moduleIndex.isPresent()) {
      return new ModuleIncubation(context, compute)
          .incubate(moduleIndex.getAsInt(), MetaWeights.decode(meta.value()));
    }
    return new DeepIncubation(context, compute, new LocalModuleTasks(context, compute, 1))
        .network(stage);
  }

  private RunContext context(RunFolder folder, TaskPlace place) {
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
        recipe,
        images.architecture(),
        StartingWeights.of(
            recipe, images.architecture(), facts.initialWeightsDigest(), storages::open),
        images.load(facts.settings().cache()),
        folder,
        progress,
        place);
  }
}
