package io.deepincubation.spark.stages;

import ai.djl.Device;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.method.RoundWork;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageInputs;
import io.deepincubation.core.method.StageWork;
import io.deepincubation.core.method.StartingWeights;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.run.Assignment;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.spark.cluster.Devices;
import io.deepincubation.spark.storage.StorageFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a stage's task does on its executor. */
final class StageTaskRun {

  private static final Logger LOG = LoggerFactory.getLogger(StageTaskRun.class);

  private final StageJobSettings settings;
  private final StorageFactory storages;
  private final RunObserver observer;

  StageTaskRun(StageJobSettings settings, StorageFactory storages, RunObserver observer) {
    this.settings = settings;
    this.storages = storages;
    this.observer = observer;
  }

  /**
   * Computes a stage unless another attempt has handed it in.
   *
   * @param stage of a module or a whole network
   * @param broadcast modules of needed stages, by name; others are read from the run folder
   * @param task Spark's
   */
  StageResult compute(Stage stage, Map<String, Broadcast<byte[][][]>> broadcast, TaskContext task) {
    RunFolder folder = folder();
    Optional<StageResult> committed =
        folder.handIns().found(stage.name(), stage.key(settings.inputs()));
    return committed.isPresent() ? committed.get() : compute(stage, broadcast, folder, task);
  }

  private StageResult compute(
      Stage stage,
      Map<String, Broadcast<byte[][][]>> broadcast,
      RunFolder folder,
      TaskContext task) {
    Attempt attempt = attempt(task);
    Compute compute = compute(Assignment.whole(stage.name()), stage, attempt);
    return new StageWork(context(stage.recipe(), folder, attempt), compute)
        .run(stage, inputs(broadcast, StageInputs.of(folder)));
  }

  /**
   * Computes a worker's part of a round unless another attempt has handed it in. All weights come
   * from the run folder, once for all tasks of the process.
   *
   * @param stage of several workers
   * @param part which
   * @param task Spark's
   */
  TaskOutcome compute(Stage stage, Assignment part, TaskContext task) {
    RunFolder folder = folder();
    if (!folder.rounds(stage.name(), stage.key(settings.inputs())).isHandedIn(part)) {
      Attempt attempt = attempt(task);
      Compute compute = compute(part, stage, attempt);
      new RoundWork(context(stage.recipe(), folder, attempt), compute)
          .run(stage, part, StageInputs.shared(folder));
    }
    return TaskOutcome.done(part);
  }

  private RunFolder folder() {
    return new RunFolder(storages.open(settings.runUri()), settings.spark().checkpoints());
  }

  private static Attempt attempt(TaskContext task) {
    List<String> gpus = Devices.assigned(task.resourcesJMap());
    return new Attempt(SparkEnv.get().executorId(), task.attemptNumber(), gpus);
  }

  private Compute compute(Assignment assignment, Stage stage, Attempt attempt) {
    int ordinal = stage.module().orElse(0) * assignment.workers() + assignment.worker();
    List<Device> devices = Devices.all(settings.spark(), attempt.gpus(), ordinal);
    var compute = new Compute(devices, settings.arithmetic(), settings.threads());
    LOG.info("Stage {} computes on {}", assignment.inWords(), attempt.devices(compute));
    return compute;
  }

  private static StageInputs inputs(
      Map<String, Broadcast<byte[][][]>> broadcast, StageInputs fromFolder) {
    return (needed, moduleIndex) -> {
      Broadcast<byte[][][]> modules = broadcast.get(needed.name());
      return modules == null
          ? fromFolder.module(needed, moduleIndex)
          : BroadcastWeights.decoded(modules).get(needed.kept().indexOf(moduleIndex));
    };
  }

  private RunContext context(Recipe recipe, RunFolder folder, Attempt attempt) {
    PreparedData images = PreparedData.open(storages.open(settings.dataUri()), recipe);
    if (!images.digest().equals(settings.inputs().dataDigest())) {
      throw new UnfitDataException(
          String.format(
              Locale.ROOT,
              "Cannot go on with the data of %s: expected digest %s, got %s; it was prepared anew"
                  + " while the run went on",
              settings.dataUri(),
              settings.inputs().dataDigest(),
              images.digest()));
    }
    return new RunContext(
        images.architecture(),
        StartingWeights.of(
            recipe,
            images.architecture(),
            settings.inputs().initialWeightsDigest(),
            storages::open),
        images.load(settings.spark().cache()),
        folder,
        folder.handIns(),
        observer,
        attempt);
  }
}
