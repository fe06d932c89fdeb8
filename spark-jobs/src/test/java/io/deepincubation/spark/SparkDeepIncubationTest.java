package io.deepincubation.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.deepincubation.core.data.pixels.UnfitDataException;
import io.deepincubation.core.data.set.LocalImageCache;
import io.deepincubation.core.method.DeepIncubation;
import io.deepincubation.core.method.EndToEnd;
import io.deepincubation.core.method.IncubationReport;
import io.deepincubation.core.method.Method;
import io.deepincubation.core.method.MethodRun;
import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.network.Architecture;
import io.deepincubation.core.network.Arithmetic;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.recipe.Recipe;
import io.deepincubation.core.recipe.RecipeException;
import io.deepincubation.core.recipe.UsageException;
import io.deepincubation.core.run.Answers;
import io.deepincubation.core.run.Choice;
import io.deepincubation.core.run.LeaseException;
import io.deepincubation.core.run.LeaseTerms;
import io.deepincubation.core.run.RunFolder;
import io.deepincubation.core.run.RunLease;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.StageResult;
import io.deepincubation.core.run.TaskAttempt;
import io.deepincubation.core.storage.LocalStorage;
import io.deepincubation.core.storage.StorageException;
import io.deepincubation.core.training.TrainingDivergedException;
import io.deepincubation.core.weights.WeightsFolder;
import io.deepincubation.spark.progress.ProgressBoard;
import io.deepincubation.spark.stages.PreparedData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Runs with Kryo that refuses classes it was not told of; {@link JavaSerializerTest} without. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SparkDeepIncubationTest {

  private final Path shared = temporaryFolder();
  private final Path data = shared.resolve("data");
  private final SparkSession spark =
      TinyRuns.spark(shared.resolve("cache"), "org.apache.spark.serializer.KryoSerializer");

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("deep-incubation-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeAll
  void draw() {
    TinyRuns.draw(data);
  }

  @AfterAll
  void stop() {
    spark.stop();
    new LocalStorage(shared).delete("");
  }

  private SparkDeepIncubation incubation(Path run, Recipe recipe) {
    return SparkDeepIncubation.on(spark)
        .recipe(recipe)
        .trainingData(data.toString())
        .runFolder(run.toString());
  }

  @Test
  void givesTheSameWeightsAsOneProcess(@TempDir Path folder) {
    Recipe recipe = TinyRuns.recipe();
    SparkDeepIncubation onSpark = incubation(folder.resolve("spark"), recipe);
    IncubationReport there = onSpark.run();
    StageResult baselineThere = onSpark.method(new EndToEnd()).run().model();

    Path process = folder.resolve("process");
    IncubationReport here = oneProcess(new DeepIncubation(), process, recipe);
    StageResult baselineHere = oneProcess(new EndToEnd(), process, recipe).model();

    assertThat(digests(there)).isEqualTo(digests(here)).doesNotHaveDuplicates();
    assertThat(baselineThere.sha256()).isEqualTo(baselineHere.sha256());
  }

  @Test
  void workersOfAStageAreTasksAndGiveTheWeightsOfOneProcess(@TempDir Path folder) {
    Recipe recipe =
        TinyRuns.recipe(
            "meta.workers=4", "incubation.workers=2", "fine-tuning.workers=2", "rounds.steps=5");
    var board = new ProgressBoard();
    Path run = folder.resolve("spark");
    var jobs = new JobDescriptions();
    spark.sparkContext().addSparkListener(jobs);
    IncubationReport there = incubation(run, recipe).progress(board).run();
    IncubationReport here = oneProcess(new DeepIncubation(), folder.resolve("process"), recipe);

    assertThat(digests(there)).isEqualTo(digests(here)).doesNotHaveDuplicates();
    assertThat(board.lines(Instant.now()))
        .hasSize(3 + TinyRuns.MODULES)
        .allSatisfy(line -> assertThat(line).contains("done"));
    var rounds = new TreeMap<String, Integer>();
    for (TaskAttempt attempt : new RunFolder(new LocalStorage(run)).taskAttempts()) {
      assertThat(attempt.outcome()).isEqualTo(TaskAttempt.Outcome.DONE);
      if (attempt.assignment().isPart()) {
        rounds.merge(attempt.stage(), 1, Integer::sum);
      }
    }
    // 12 steps are 3 rounds, 6 are 2; each worker does each once.
    assertThat(rounds)
        .isEqualTo(Map.of("meta", 3 * 4, "modules/0", 3 * 2, "modules/1", 3 * 2, "final", 2 * 2));
    assertThat(jobs.told)
        .filteredOn(job -> job.contains("sums of meta"))
        .hasSize(3)
        .allSatisfy(job -> assertThat(job).contains("range 2"));
    assertThat(run.resolve("checkpoints")).isEmptyDirectory();
  }

  /** What the Spark UI says of jobs. */
  private static final class JobDescriptions extends SparkListener {

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public void onJobStart(SparkListenerJobStart job) {
      told.add(String.valueOf(job.properties().getProperty("spark.job.description")));
    }
  }

  private IncubationReport oneProcess(Method method, Path run, Recipe recipe) {
    PreparedData images = PreparedData.open(new LocalStorage(data), recipe);
    var context =
        new RunContext(
            images.architecture(),
            images.load(new LocalImageCache(shared.resolve("cache"), 1 << 30)),
            new RunFolder(new LocalStorage(run)),
            RunObserver.NONE);
    var compute = new Compute(Device.cpu(), Arithmetic.FP32, 1);
    return MethodRun.inProcess(method, recipe, context, compute, 1).run();
  }

  @Test
  void tasksChooseAverageAndStopAsOneProcessDoes(@TempDir Path folder) {
    Recipe recipe =
        TinyRuns.recipe(
            "ema.decay=0.9",
            "loss.class-weights=balanced",
            "batch.sampling=balanced",
            "incubation.epochs=4",
            "incubation.best.metric=top1",
            "incubation.best.min-delta=2",
            "incubation.best.patience=2",
            "fine-tuning.best.metric=log-loss");

    IncubationReport there = incubation(folder.resolve("spark"), recipe).run();
    IncubationReport here = oneProcess(new DeepIncubation(), folder.resolve("process"), recipe);

    assertThat(digests(there)).isEqualTo(digests(here)).doesNotHaveDuplicates();
    for (StageResult module : there.modules()) {
      Choice choice = Objects.requireNonNull(module.choice());
      assertThat(choice.stoppedEarly()).isTrue();
      assertThat(module.steps()).as("steps of the best and two epochs more").isEqualTo(18);
      assertThat(module.images()).isEqualTo(3 * 96);
      assertThat(module.epochs()).isEqualTo(3);
      double perImage = here.stage(module.stage()).trainingFlops() / (3 * 96);
      assertThat(module.trainingFlops() / module.images()).isEqualTo(perImage);
      Path last = folder.resolve("spark/" + module.stage() + "/last");
      assertThat(last.resolve("config.json")).exists();
      assertThat(last.resolve(choice.last().get(0).file())).exists();
    }
    var report = RunReport.of(spark, folder.resolve("spark").toString());
    assertThat(report.write()).endsWith("report.html");
    String written = new LocalStorage(folder.resolve("spark")).text("report.html");
    assertThat(written).contains("best log loss", "<h2>Classes</h2>");
  }

  @Test
  void aMeasureThatTheTaskHasNotIsRefusedBeforeAnythingIsTrained(@TempDir Path run) {
    Recipe recipe = TinyRuns.recipe("fine-tuning.best.metric=map");

    assertThatThrownBy(() -> incubation(run, recipe).run())
        .isInstanceOf(RecipeException.class)
        .hasMessage(
            "Cannot choose weights by fine-tuning.best.metric: expected a measure of"
                + " classification, one of ece, f1, log-loss, precision, recall, top1, top5, got"
                + " map");
    assertThat(run.resolve("run.json")).doesNotExist();
  }

  @Test
  void showsARunInTensorBoardThoughAServerFails(@TempDir Path run) throws IOException {
    Recipe recipe = TinyRuns.recipe("incubation.epochs=1");

    IncubationReport report =
        incubation(run, recipe).track("mlflow:http://127.0.0.1:1", "tensorboard").run();

    for (StageResult result : report.stages()) {
      String whole = "events.out.tfevents.whole-" + result.sha256().substring(0, 12);
      assertThat(new LocalStorage(run).list("tensorboard/" + result.stage()))
          .as(result.stage())
          .containsExactly(whole);
    }
  }

  @Test
  void showsARunThatWasDoneBefore(@TempDir Path run) {
    SparkDeepIncubation incubation = incubation(run, TinyRuns.recipe("incubation.epochs=1"));
    incubation.run();

    incubation.track("tensorboard").run();

    assertThat(new LocalStorage(run).list("tensorboard/modules/1")).hasSize(1);
  }

  @Test
  void refusesWhatIsNoTracker() {
    assertThatThrownBy(() -> SparkDeepIncubation.on(spark).track("wandb:http://host"))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("Cannot track in wandb:http://host: expected tensorboard");
  }

  @Test
  void committedStagesAreNotRepeated(@TempDir Path run) throws IOException {
    Recipe recipe = TinyRuns.recipe("incubation.epochs=1");
    IncubationReport first = incubation(run, recipe).run();
    byte[] module = Files.readAllBytes(run.resolve("modules/1/result.json"));
    byte[] tuned = Files.readAllBytes(run.resolve("final/result.json"));

    IncubationReport second = incubation(run, recipe).run();

    assertThat(second).isEqualTo(first);
    assertThat(run.resolve("modules/1/result.json")).hasBinaryContent(module);
    assertThat(run.resolve("final/result.json")).hasBinaryContent(tuned);
  }

  @Test
  void onlyMissingModulesAreIncubated(@TempDir Path run) throws IOException {
    Recipe recipe = TinyRuns.recipe("incubation.epochs=1");
    SparkDeepIncubation incubation = incubation(run, recipe);
    incubation.preTrainMetaModel();
    List<StageResult> first = incubation.incubateModules();
    new LocalStorage(run).delete("modules/1");

    List<StageResult> second = incubation.incubateModules();

    assertThat(second.get(0)).isEqualTo(first.get(0));
    assertThat(second.get(1).sha256()).isEqualTo(first.get(1).sha256());
    assertThat(second.get(1).startedAt()).isNotEqualTo(first.get(1).startedAt());
  }

  @Test
  void anAttemptThatOutlivedItsDriverIsNotTrainedAgain(@TempDir Path run) {
    SparkDeepIncubation incubation = incubation(run, TinyRuns.recipe("incubation.epochs=1"));
    incubation.preTrainMetaModel();
    List<StageResult> first = incubation.incubateModules();
    var folder = new RunFolder(new LocalStorage(run));
    folder.storage().delete("modules/1/result.json");
    folder
        .handIns()
        .keep(
            first.get(1),
            Map.of("width", 16),
            folder.metrics("modules/1"),
            new Answers(List.of(), List.of(), Optional.empty()));

    List<StageResult> second = incubation.incubateModules();

    assertThat(second).isEqualTo(first);
    assertThat(run.resolve("checkpoints/modules-1")).doesNotExist();
    assertThat(run.resolve("lease.json")).doesNotExist();
  }

  @Test
  void leavesNoResumableStateOfCommittedStages(@TempDir Path run) {
    incubation(run, TinyRuns.recipe("incubation.epochs=1")).run();

    assertThat(new LocalStorage(run).list("")).containsExactly("attempts.jsonl", "run.json");
    assertThat(run.resolve("checkpoints")).isEmptyDirectory();
  }

  @Test
  void aSecondDriverStopsAndSaysWhoHoldsTheFolder(@TempDir Path run) {
    SparkDeepIncubation incubation = incubation(run, TinyRuns.recipe("incubation.epochs=1"));
    incubation.preTrainMetaModel();
    var terms = new LeaseTerms(Duration.ofSeconds(30), Duration.ZERO, "another");
    try (var lease = new RunLease(new LocalStorage(run), terms, () -> {})) {
      lease.acquire();

      assertThatThrownBy(incubation::incubateModules)
          .isInstanceOf(LeaseException.class)
          .hasMessageStartingWith("Cannot use the run folder " + run + ": it is held by process ")
          .hasMessageContaining("(application another) until ");
      assertThat(incubation.preTrainMetaModel().stage()).isEqualTo("meta");
    }
    assertThat(incubation.incubateModules()).hasSize(TinyRuns.MODULES);
  }

  @Test
  void aResumedRunKeepsItsWidth(@TempDir Path run) throws IOException {
    SparkDeepIncubation incubation = incubation(run, TinyRuns.recipe());
    incubation.preTrainMetaModel();
    Path record = run.resolve("run.json");
    Files.writeString(record, Files.readString(record).replace("\"driver\": 1", "\"driver\": 2"));

    assertThat(incubation.method(new EndToEnd()).run().model().threads()).isEqualTo(2);
  }

  @Test
  void showsEveryStageOnTheBoard(@TempDir Path run) {
    var board = new ProgressBoard();

    incubation(run, TinyRuns.recipe("incubation.epochs=1")).progress(board).run();

    assertThat(board.lines(Instant.now()))
        .hasSize(3 + TinyRuns.MODULES)
        .allSatisfy(line -> assertThat(line).contains("done"))
        .anySatisfy(line -> assertThat(line).contains("module 2/2"));
  }

  @Test
  void aTaskThatDivergesEndsTheRunWithThatFault(@TempDir Path run) {
    SparkDeepIncubation incubation =
        incubation(run, TinyRuns.recipe("incubation.rate-factor=1e38"));

    assertThatThrownBy(incubation::run)
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("stage modules/0, epoch 0");
    assertThat(run.resolve("modules/0/result.json")).doesNotExist();
    assertThat(run.resolve("meta/result.json")).exists();
  }

  @Test
  void refusesImagesOfAnotherSize(@TempDir Path folder) {
    Path run = folder.resolve("run");
    SparkDeepIncubation incubation = incubation(run, TinyRuns.recipe("model.image=32"));

    assertThatThrownBy(incubation::run)
        .isInstanceOf(UnfitDataException.class)
        .hasMessage(
            "Cannot train on %s: the recipe expects images of 32 x 32 pixels, the data has 16 x 16;"
                + " set model.image or augmentation.resized-crop, or run `prepare` with"
                + " --image-size 32",
            data);
    assertThat(run).doesNotExist();
  }

  @Test
  void aRunGoesOnWithTheWeightsThatItBeganWith(@TempDir Path folder) {
    Path run = folder.resolve("run");
    Path start = folder.resolve("start");
    Recipe recipe = TinyRuns.recipe("incubation.epochs=1", "initial-weights=" + start);
    SparkDeepIncubation incubation = incubation(run, recipe);
    keepWeights(start, recipe, 1);
    incubation.preTrainMetaModel();

    keepWeights(start, recipe, 2);
    assertThatThrownBy(incubation::incubateModules)
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("Cannot trust the weights in " + start + ": expected digest ");
    assertThat(run.resolve("modules/0/result.json")).doesNotExist();

    keepWeights(start, recipe, 1);
    assertThat(incubation.incubateModules()).hasSize(TinyRuns.MODULES);
  }

  private void keepWeights(Path start, Recipe recipe, long seed) {
    Architecture architecture = PreparedData.open(new LocalStorage(data), recipe).architecture();
    WeightsFolder.write(
        new LocalStorage(start),
        architecture.initialWeights(recipe.targetDivision(), seed, "pretrained"),
        Long.MAX_VALUE);
  }

  @Test
  void aRunThatCannotBeginLeavesNoTrace(@TempDir Path folder) {
    Path run = folder.resolve("run");
    Path start = folder.resolve("start");

    assertThatThrownBy(incubation(run, TinyRuns.recipe("initial-weights=" + start))::run)
        .isInstanceOf(StorageException.class)
        .hasMessageStartingWith("Cannot find weights in " + start);
    assertThat(run).doesNotExist();
  }

  @Test
  void evaluatesACommittedNetworkFromItsFiles(@TempDir Path run) {
    SparkDeepIncubation incubation = incubation(run, TinyRuns.recipe());
    StageResult meta = incubation.preTrainMetaModel();

    Evaluation evaluation = incubation.evaluate("meta");

    assertThat(evaluation.accuracy()).isEqualTo(meta.accuracy());
    assertThat(evaluation.images()).isEqualTo(48);
  }

  @Test
  void namesWhatIsMissing() {
    assertThatThrownBy(() -> SparkDeepIncubation.on(spark).run())
        .isInstanceOf(UsageException.class)
        .hasMessage("Cannot run: expected a recipe, got none; call recipe(Recipes.named(name))");
  }

  private static List<String> digests(IncubationReport report) {
    return report.stages().stream().map(StageResult::sha256).toList();
  }
}
