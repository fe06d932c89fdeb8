package io.deepincubation.spark.stages;

import io.deepincubation.core.method.RunContext;
import io.deepincubation.core.method.Stage;
import io.deepincubation.core.method.StageInputs;
import io.deepincubation.core.method.StageRunner;
import io.deepincubation.core.method.StageWork;
import io.deepincubation.core.network.Compute;
import io.deepincubation.core.run.Commits;
import io.deepincubation.core.run.RunEvent;
import io.deepincubation.core.run.RunObserver;
import io.deepincubation.core.run.TaskAttempt.Outcome;
import io.deepincubation.core.text.FirstLine;
import io.deepincubation.core.training.Attempt;
import io.deepincubation.spark.cluster.SparkSettings;
import io.deepincubation.spark.cluster.Where;
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
  private final Function<RunObserver, RunContext> context;
  private final Function<RunObserver, StageRunner> jobs;
  private final Commits commits;
  private final ProgressBoard board;
  private final RunObserver watcher;

  /**
   * Prepares both.
   *
   * @param settings where stages are computed
   * @param driver where and how the driver computes
   * @param context of stages that the driver computes, given who is told
   * @param jobs computes stages in tasks, given who is told
   * @param commits the driver's
   * @param board shows each stage's progress
   * @param watcher told what happens, the board too
   */
  SparkStages(
      SparkSettings settings,
      Supplier<Compute> driver,
      Function<RunObserver, RunContext> context,
      Function<RunObserver, StageRunner> jobs,
      Commits commits,
      ProgressBoard board,
      RunObserver watcher) {
    this.settings = settings;
    this.driver = driver;
    this.context = context;
    this.jobs = jobs;
    this.commits = commits;
    this.board = board;
    this.watcher = watcher;
  }

  @Override
  public void run(List<Stage> ready) {
    ready.forEach(this::expect);
    List<Stage> tasks = ready.stream().filter(this::inTask).toList();
    try (var attempts = AttemptLog.of(commits)) {
      RunObserver observer = RunObserver.all(List.of(watcher, attempts));
      if (!tasks.isEmpty()) {
        jobs.apply(observer).run(tasks);
      }
      ready.stream()
          .filter(stage -> !inTask(stage))
          .forEach(stage -> onDriver(stage, attempts, observer));
    }
  }

  private void expect(Stage stage) {
    board.expect(stage.name(), stage.moduleIndex(), stage.network().moduleCount());
  }

  private boolean inTask(Stage stage) {
    return settings.placeOf(stage) == Where.EXECUTOR;
  }

  private void onDriver(Stage stage, AttemptLog attempts, RunObserver observer) {
    Compute compute = driver.get();
    var attempt = new Attempt(Attempt.DRIVER, attempts.nextOnDriver(stage.name()), List.of());
    RunEvent.Source source = attempt.source(compute.device());
    observer.on(new RunEvent.Started(stage.name(), source, now(), /* speculative= */ false));
    try {
      new StageWork(context.apply(observer), compute).run(stage, StageInputs.of(commits.folder()));
      observer.on(new RunEvent.Ended(stage.name(), source, now(), Outcome.DONE, ""));
    } catch (RuntimeException e) {
      String why = FirstLine.of(e);
      observer.on(new RunEvent.Ended(stage.name(), source, now(), Outcome.FAILED, why));
      throw e;
    }
  }

  private static String now() {
    return Instant.now().toString();
  }
}
