package io.deepincubation.spark;

import io.deepincubation.core.checkpoint.Host;
import io.deepincubation.core.checkpoint.RunFolder;
import io.deepincubation.core.checkpoint.TaskAttempt.Outcome;
import io.deepincubation.core.incubation.RunContext;
import io.deepincubation.core.incubation.Stage;
import io.deepincubation.core.incubation.StageInputs;
import io.deepincubation.core.incubation.StageRunner;
import io.deepincubation.core.incubation.StageWork;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.training.TaskPlace;
import io.deepincubation.spark.progress.AttemptLog;
import io.deepincubation.spark.progress.ProgressBoard;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Computes stages where the settings say: in tasks of one job, or on the driver one after the
 * other.
 */
final class SparkStages implements StageRunner {

  private final SparkSettings settings;
  private final Supplier<Compute> driver;
  private final Function<Stage, RunContext> context;
  private final Function<AttemptLog, StageRunner> jobs;
  private final RunFolder folder;
  private final ProgressBoard board;

  /**
   * Prepares both.
   *
   * @param settings where stages are computed
   * @param driver where and how the driver computes
   * @param context of a stage that the driver computes
   * @param jobs computes stages in tasks
   * @param folder where stages are committed
   * @param board shows each stage's progress
   */
  SparkStages(
      SparkSettings settings,
      Supplier<Compute> driver,
      Function<Stage, RunContext> context,
      Function<AttemptLog, StageRunner> jobs,
      RunFolder folder,
      ProgressBoard board) {
    this.settings = settings;
    this.driver = driver;
    this.context = context;
    this.jobs = jobs;
    this.folder = folder;
    this.board = board;
  }

  @Override
  public void run(List<Stage> ready) {
    ready.forEach(this::expect);
    List<Stage> tasks = ready.stream().filter(this::inTask).toList();
    try (var attempts = AttemptLog.of(folder)) {
      if (!tasks.isEmpty()) {
        runTasks(tasks, attempts);
      }
      ready.stream().filter(stage -> !inTask(stage)).forEach(stage -> onDriver(stage, attempts));
    }
  }

  private void expect(Stage stage) {
    board.expect(stage.name(), stage.module().orElse(-1), stage.network().moduleCount());
  }

  private boolean inTask(Stage stage) {
    return settings.placeOf(stage) == TrainingPlace.EXECUTOR;
  }

  private void runTasks(List<Stage> stages, AttemptLog attempts) {
    try {
      jobs.apply(attempts).run(stages);
      stages.forEach(stage -> board.done(stage.name()));
    } catch (RuntimeException e) {
      stages.stream()
          .filter(stage -> stage.module().isEmpty())
          .forEach(stage -> board.failed(stage.name(), firstLine(e)));
      throw e;
    }
  }

  private void onDriver(Stage stage, AttemptLog attempts) {
    Compute compute = driver.get();
    String device = TaskPlace.HERE.device(compute.device());
    int number =
        attempts.started(stage.name(), TaskPlace.DRIVER, Host.name(), device, Instant.now());
    try {
      new StageWork(context.apply(stage), compute).run(stage, StageInputs.of(folder));
      attempts.ended(number, Outcome.DONE, "", Instant.now());
      board.done(stage.name());
    } catch (RuntimeException e) {
      attempts.ended(number, Outcome.FAILED, firstLine(e), Instant.now());
      board.failed(stage.name(), firstLine(e));
      throw e;
    }
  }

  private static String firstLine(RuntimeException failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
